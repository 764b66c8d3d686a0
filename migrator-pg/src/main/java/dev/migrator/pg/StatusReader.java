package dev.migrator.pg;

import dev.migrator.Direction;
import dev.migrator.Identifier;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.QualifiedName;
import dev.migrator.Status;
import dev.migrator.engine.MigrationState;
import dev.migrator.engine.MigrationStore;
import dev.migrator.engine.Position;
import dev.migrator.engine.StepState;
import dev.migrator.engine.StepStatus;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.state.StateSchema;
import dev.migrator.plan.Action;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** Reads where migrations stand; needs no lease and writes nothing. */
final class StatusReader {
    private static final int EXAMPLES = 20;

    private final DataSource source;
    private final Identifier schema;
    private final String target;
    private final MigrationStore store;
    private final StateSchema stateSchema;

    StatusReader(DataSource source, Identifier schema, String target, MigrationStore store, StateSchema stateSchema) {
        this.source = source;
        this.schema = schema;
        this.target = target;
        this.store = store;
        this.stateSchema = stateSchema;
    }

    List<MigrationStatus> of(List<Migration> migrations) {
        boolean installed = stateSchema.isInstalled();
        return migrations.stream()
                .map(migration -> installed
                        ? store.find(migration.id()).map(this::started).orElseGet(() -> neverStarted(migration, true))
                        : neverStarted(migration, false))
                .toList();
    }

    private MigrationStatus neverStarted(Migration migration, boolean installed) {
        boolean paused = installed && store.isPaused(migration.id());
        return new MigrationStatus(
                migration.id(),
                target,
                new Position(Phase.EXPAND, paused ? Status.PAUSED : Status.PENDING, Direction.FORWARD),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                List.of(),
                new RollbackStatus(false, "impossible", "it has not started"),
                Optional.empty());
    }

    private MigrationStatus started(MigrationState state) {
        boolean paused = store.isPaused(state.id());
        Status shown = state.status();
        if (paused && !state.isFinished()) {
            shown = Status.PAUSED;
        } else if (shown == Status.PAUSED) {
            shown = Status.PENDING; // somebody has resumed it, and no engine has come by yet
        }
        return new MigrationStatus(
                state.id(),
                target,
                new Position(state.phase(), shown, state.direction()),
                state.error(),
                state.waiting(),
                backfill(state.id()),
                failedRows(state.id()),
                rollback(state),
                Optional.of(state.updatedAt()));
    }

    private String table(String name) {
        return new QualifiedName(schema, Identifier.of(name)).quoted();
    }

    private Optional<BackfillStatus> backfill(String id) {
        String sql =
                """
                SELECT count(*) AS chunks, coalesce(sum(c.to_block - c.from_block), 0)::bigint AS total,
                       coalesce(sum(CASE WHEN c.done THEN c.to_block ELSE c.next_block END - c.from_block), 0)::bigint AS done,
                       coalesce(sum(c.rows), 0)::bigint AS rows, coalesce(sum(c.skipped), 0)::bigint AS skipped,
                       coalesce(sum(c.failed), 0)::bigint AS failed, bool_and(c.done) AS finished,
                       extract(epoch FROM coalesce(max(s.finished_at), clock_timestamp()) - min(s.begun_at))::float8 AS seconds
                  FROM %s c JOIN %s s USING (target, migration, ordinal)
                 WHERE c.target = ? AND c.migration = ?
                """
                        .formatted(table("backfill_chunk"), table("step"));
        Row row = Session.with(source, session -> session.query(sql, target, id)).get(0);
        if (row.number("chunks") == 0) {
            return Optional.empty();
        }
        double seconds = row.optionalText("seconds").map(Double::valueOf).orElse(0.0);
        long rows = row.number("rows");
        long total = row.number("total");
        long done = row.number("done");
        Optional<Double> rate = seconds > 0 && rows > 0 ? Optional.of(rows / seconds) : Optional.empty();
        Optional<Long> eta = seconds > 0 && done > 0
                ? Optional.of(row.isTrue("finished") ? 0L : Math.round(seconds / done * (total - done)))
                : Optional.empty();
        return Optional.of(new BackfillStatus(
                total, done, rows, rate, eta, row.number("skipped"), failedCount(id)));
    }

    private long failedCount(String id) {
        String sql = "SELECT count(*) AS n FROM " + table("failed_row") + " WHERE target = ? AND migration = ?";
        return Session.with(source, session -> session.query(sql, target, id)).get(0).number("n");
    }

    private List<FailedRow> failedRows(String id) {
        String sql = "SELECT row_key, sqlstate, message FROM " + table("failed_row")
                + " WHERE target = ? AND migration = ? ORDER BY at, row_key LIMIT " + EXAMPLES;
        return Session.with(source, session -> session.query(sql, target, id)).stream()
                .map(row -> new FailedRow(row.text("row_key"), row.text("sqlstate"), row.text("message")))
                .toList();
    }

    private RollbackStatus rollback(MigrationState state) {
        if (state.isRolledBack()) {
            return new RollbackStatus(false, "impossible", "it is rolled back already");
        }
        if (state.phase() == Phase.PURGE && state.status() != Status.WAITING) {
            return new RollbackStatus(false, "impossible", "PURGE has begun: the old shape is dropped");
        }
        List<StepState> done = store.steps(state.id()).stream()
                .filter(step -> step.status() != StepStatus.PLANNED)
                .toList();
        for (StepState step : done) {
            if (step.step().undo() instanceof Action.Irreversible irreversible) {
                return new RollbackStatus(false, "impossible", irreversible.reason());
            }
        }
        boolean scans = done.stream()
                .anyMatch(step -> step.step().undo() instanceof Action.Scan
                        || step.step().undo() instanceof Action.Compare);
        return scans
                ? new RollbackStatus(true, "scan", "reads the table under a lock that stops nobody, then changes back")
                : new RollbackStatus(true, "instant", "everything that was added can be taken away again");
    }
}
