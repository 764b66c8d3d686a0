package dev.migrator.pg.internal.plan;

import dev.migrator.Phase;
import dev.migrator.engine.MigrationState;
import dev.migrator.engine.StepState;
import dev.migrator.engine.StepStatus;
import dev.migrator.pg.internal.execute.OutgrownCounter;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.plan.Action;
import java.util.List;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * Counts the rows that the retired shape can't hold, by the condition that was recorded as the way back's own check. Reads
 * the whole table.
 */
public final class PgOutgrown implements OutgrownCounter {
    private final DataSource source;

    /** Makes a counter. */
    public PgOutgrown(DataSource source) {
        this.source = source;
    }

    @Override
    public long count(MigrationState state, List<StepState> steps) {
        long rows = 0;
        for (StepState step : steps) {
            boolean counts = step.step().phase() == Phase.CONTRACT && step.status() == StepStatus.DONE;
            if (counts && step.step().undo() instanceof Action.Compare outgrown) {
                String condition = outgrown.rules().stream()
                        .map(rule -> "(" + rule.condition() + ")")
                        .collect(Collectors.joining(" OR "));
                rows += Session.with(source, session -> session.query("SELECT count(*) AS n FROM "
                                + outgrown.table().quoted() + " AS "
                                + outgrown.table().name().quoted() + " WHERE " + condition)
                        .get(0)
                        .number("n"));
            }
        }
        return rows;
    }
}
