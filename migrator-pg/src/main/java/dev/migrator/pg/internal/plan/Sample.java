package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.SqlErrors;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Tries a mapping on a sample of the table's own rows: does {@code up} work, and does {@code down} bring the value back?
 *
 * <p>On few rows first, then on more, each try within a limit of time: an expression that is too slow is told, and fails no
 * plan. What the largest try that ended has found counts.
 */
final class Sample {
    private static final int[] TRIES = {100, 1_000, 10_000};
    private static final int ROWS = TRIES[TRIES.length - 1];
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final Workspace workspace;
    private final TableWork work;
    private final Mapping mapping;

    Sample(Workspace workspace, TableWork work, Mapping mapping) {
        this.workspace = workspace;
        this.work = work;
        this.mapping = mapping;
    }

    void look() {
        boolean exact = mapping.upCannotFail() && mapping.downCannotFail();
        if (exact || mapping.old().isEmpty()) {
            return;
        }
        Optional<Row> seen = Optional.empty();
        for (int rows : TRIES) {
            try {
                seen = Optional.of(attempt(rows));
            } catch (StepFailure e) {
                if (e.sqlState().equals(SqlErrors.QUERY_CANCELED)) {
                    slow(seen, rows);
                    break;
                }
                fails(e);
                return;
            }
            if (seen.get().number("n") < rows) {
                break;
            }
        }
        seen.ifPresent(this::tell);
    }

    /** The limit of time goes with the savepoint. */
    private Row attempt(int rows) {
        workspace.session().query("SAVEPOINT migrator_sample");
        try {
            workspace.session().query("SET LOCAL statement_timeout = " + LIMIT.toMillis());
            return workspace.session().query(query(rows)).get(0);
        } finally {
            workspace.session().query("ROLLBACK TO SAVEPOINT migrator_sample");
        }
    }

    private void slow(Optional<Row> seen, int rows) {
        String on = seen.map(row -> row.number("n") + " rows only").orElse("no row");
        workspace
                .findings()
                .warn(
                        mapping.path(),
                        work.title(mapping) + " is slow: it could be tried on " + on + ", " + rows + " took more than "
                                + LIMIT.toSeconds() + " s.",
                        "The backfill and every write compute it, too: see that they can bear that. Rows for which it"
                                + " fails are found and listed by the backfill and keep VALIDATE shut.");
    }

    private void fails(StepFailure e) {
        workspace
                .findings()
                .warn(
                        mapping.path(),
                        work.title(mapping) + " fails on some of the sampled rows: "
                                + (e.getCause() instanceof SQLException cause
                                        ? SqlErrors.describe(cause)
                                        : e.getMessage()),
                        "Such rows are found and listed by the backfill and keep VALIDATE shut until they are mended.");
    }

    private void tell(Row row) {
        long lossy = row.number("lossy");
        if (lossy > 0) {
            workspace
                    .findings()
                    .warn(
                            mapping.path(),
                            work.title(mapping) + " loses something: of " + row.number("n") + " sampled rows " + lossy
                                    + " do not come back the same by down(up(x)), e.g. " + row.text("example") + ".",
                            "An old value that no release writes any more stays as it is; one that the new release"
                                    + " writes reaches the old shape as `down` makes it.");
        }
        nulls(row);
    }

    private void nulls(Row row) {
        for (int i = 0; i < mapping.old().size(); i++) {
            OldColumn column = mapping.old().get(i);
            boolean successorRefusesNull = mapping.fresh().stream().anyMatch(NewColumn::notNullAfter);
            if (column.info().notNull() && row.isTrue("null_" + i) && !successorRefusesNull) {
                workspace
                        .findings()
                        .refuse(
                                mapping.path(),
                                "`down` gives NULL for " + column.name().quoted()
                                        + ", which refuses NULL, when the new columns are NULL: such a write of the new"
                                        + " release would fail.",
                                "Use coalesce(…) in `down`.");
            }
        }
    }

    private String query(int most) {
        List<String> inner = new ArrayList<>();
        Set<Identifier> others = new TreeSet<>();
        mapping.old().forEach(column -> others.addAll(column.down().columns()));
        for (NewColumn column : mapping.fresh()) {
            inner.add("(" + column.up().text() + ")::" + column.type().name() + " AS "
                    + column.name().quoted());
            others.remove(column.name());
        }
        others.forEach(column -> inner.add(column.quoted()));
        List<String> olds = new ArrayList<>();
        List<String> downs = new ArrayList<>();
        List<String> nulls = new ArrayList<>();
        for (int i = 0; i < mapping.old().size(); i++) {
            OldColumn column = mapping.old().get(i);
            inner.add(column.name().quoted() + " AS migrator_old_" + i);
            olds.add("migrator_old_" + i);
            downs.add("(" + column.down().text() + ")::" + column.info().type());
            nulls.add("(" + onNulls(column) + ") IS NULL AS null_" + i);
        }
        String alias = work.name().name().quoted();
        long rows = Math.max(work.table().rows(), 1);
        String sample = rows <= ROWS ? "" : " TABLESAMPLE SYSTEM (" + Math.max(100.0 * ROWS / rows, 0.001) + ")";
        return "SELECT count(*) AS n, count(*) FILTER (WHERE differs) AS lossy, " + String.join(", ", nulls)
                + ", min(pg_catalog.left(old_text, 60) || ' → ' || pg_catalog.left(new_text, 60)) FILTER (WHERE differs) AS example"
                + " FROM (SELECT " + Sql.differ(olds, downs) + " AS differs, ROW(" + String.join(", ", olds)
                + ")::text AS old_text, ROW(" + String.join(", ", downs) + ")::text AS new_text FROM (SELECT "
                + String.join(", ", inner) + " FROM " + work.name().quoted() + " AS " + alias + sample + " LIMIT "
                + most + ") AS " + alias + ") AS migrator_sample";
    }

    /** {@code down} where every new column is NULL. */
    private String onNulls(OldColumn column) {
        return column.down()
                .over(name -> "NULL::"
                        + mapping.fresh().stream()
                                .filter(fresh -> fresh.name().equals(name))
                                .map(fresh -> fresh.type().name())
                                .findFirst()
                                .orElseGet(() ->
                                        work.table().column(name).orElseThrow().type()));
    }
}
