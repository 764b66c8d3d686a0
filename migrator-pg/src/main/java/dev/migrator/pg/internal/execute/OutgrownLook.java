package dev.migrator.pg.internal.execute;

import dev.migrator.engine.CompareReport;
import dev.migrator.engine.StepFailure;
import dev.migrator.engine.StepState;
import dev.migrator.pg.internal.backfill.Leaf;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.RowName;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.plan.Action;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;

/** A look at the rows that a rollback over CONTRACT would refuse for, within a limit of time; changes nothing. */
public final class OutgrownLook {
    private static final int MOST_NAMED = 5;

    private final DataSource source;
    private final Duration limit;
    private final int most;

    /**
     * Makes a look.
     *
     * @param limit how long it may take for each table
     * @param most how many rows of a table it counts
     */
    public OutgrownLook(DataSource source, Duration limit, int most) {
        this.source = source;
        this.limit = limit;
        this.most = most;
    }

    /** The number of such rows, as far as it counts, with the first of them; empty if it takes too long. */
    public Optional<CompareReport> at(List<StepState> steps) {
        long rows = 0;
        List<String> examples = new ArrayList<>();
        for (Action.Compare compare : Comparisons.outgrown(steps)) {
            try (Session session = Session.open(source)) {
                Row found = look(session, compare);
                rows += found.number("n");
                found.texts("names").forEach(name -> examples.add(compare.table() + " " + name));
            } catch (SQLException | StepFailure e) {
                return Optional.empty();
            }
        }
        return Optional.of(new CompareReport(
                rows, rows, examples.stream().limit(MOST_NAMED).toList()));
    }

    private Row look(Session session, Action.Compare compare) throws SQLException {
        String alias = compare.table().name().quoted();
        String name = Leaf.of(session, compare.table()).stream()
                .flatMap(leaf -> Stream.of(RowName.of(leaf.name(), leaf.key(), alias)))
                .findFirst()
                .orElse("''");
        String condition = compare.rules().get(0).condition();
        String query =
                """
                SELECT pg_catalog.count(*) AS n,
                    COALESCE((pg_catalog.array_agg(found.name))[1:%d], '{}') AS names
                FROM (SELECT %s AS name FROM %s AS %s WHERE %s LIMIT %d) AS found"""
                        .formatted(MOST_NAMED, name, compare.table().quoted(), alias, condition, most);
        return session.message(List.of(
                        "SET TRANSACTION READ ONLY",
                        "SET LOCAL lock_timeout = '" + limit.toMillis() + "ms'",
                        "SET LOCAL statement_timeout = '" + limit.toMillis() + "ms'",
                        query))
                .get(0);
    }
}
