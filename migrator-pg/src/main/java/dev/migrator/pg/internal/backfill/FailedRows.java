package dev.migrator.pg.internal.backfill;

import dev.migrator.QualifiedName;
import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.sql.Literal;
import dev.migrator.pg.internal.sql.RowName;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.sql.SqlErrors;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.pg.internal.transact.ExecutorSettings;
import dev.migrator.pg.internal.transact.Failures;
import dev.migrator.pg.internal.transact.Task;
import dev.migrator.plan.Action;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The rows that a backfill could not fill: recorded, passed over, and tried again by the next run. */
final class FailedRows {
    private static final int MOST_NAMED = 5;

    private final StateSql sql;
    private final Task task;
    private final ExecutorSettings settings;
    private final QualifiedName of;
    private final String table;
    private final Map<String, FailedRow> rows = new LinkedHashMap<>();

    FailedRows(StateSql sql, Task task, ExecutorSettings settings, QualifiedName of) {
        this.of = of;
        this.sql = sql;
        this.task = task;
        this.settings = settings;
        this.table = sql.table("failed_row").quoted();
    }

    void load(Session session) {
        rows.clear();
        session.query("SELECT row_key, tid, sqlstate, message FROM " + table + " WHERE " + mine()
                        + " ORDER BY at, row_key")
                .forEach(row -> add(
                        FailedRow.of(row.text("row_key"), row.text("tid"), row.text("sqlstate"), row.text("message"))));
    }

    private void add(FailedRow row) {
        rows.put(row.key(), row);
    }

    /** Takes note of a row that was recorded. */
    void add(Leaf leaf, TidRange place, String key, SQLException error) {
        add(new FailedRow(
                leaf.oid(),
                place.fromBlock(),
                place.fromOffset(),
                key,
                SqlErrors.state(error),
                FailedRow.message(error, settings.showValues())));
    }

    void remove(FailedRow row) {
        rows.remove(row.key());
    }

    void forget(long relation) {
        rows.values().removeIf(row -> row.relation() == relation);
    }

    List<FailedRow> all() {
        return List.copyOf(rows.values());
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    boolean isOverBudget() {
        return rows.size() > settings.failedRowBudget();
    }

    /** The places of failed rows in a range: they are left out, so that the others can be filled. */
    List<String> placesIn(long relation, TidRange range) {
        return rows.values().stream()
                .filter(row -> row.relation() == relation && range.contains(row.block(), row.offset()))
                .map(FailedRow::place)
                .toList();
    }

    /** The statement that records the row at a place, if it is still pending, and counts it. */
    String insert(FillSql fill, Leaf leaf, Chunk chunk, TidRange place, SQLException error) {
        return """
                WITH noted AS (
                    INSERT INTO %s (target, migration, ordinal, row_key, tid, sqlstate, message)
                    SELECT %s, %d, %s, %s, %s, %s FROM %s WHERE %s
                    ON CONFLICT (target, migration, ordinal, row_key) DO UPDATE
                        SET tid = excluded.tid, sqlstate = excluded.sqlstate, message = excluded.message,
                            at = pg_catalog.clock_timestamp()
                    RETURNING row_key)
                UPDATE %s SET failed = failed + (SELECT pg_catalog.count(*) FROM noted) WHERE %s AND chunk = %d
                RETURNING (SELECT row_key FROM noted) AS row_key"""
                .formatted(
                        table,
                        sql.key(task.lease()),
                        task.ordinal(),
                        RowName.of(leaf.name(), leaf.key(), fill.alias()),
                        Literal.text(FailedRow.recordedPlace(leaf.oid(), place.fromBlock(), place.fromOffset())),
                        Literal.text(SqlErrors.state(error)),
                        Literal.text(FailedRow.message(error, settings.showValues())),
                        fill.from(),
                        fill.isPending(place, List.of()),
                        sql.table("backfill_chunk").quoted(),
                        task.isMine(sql),
                        chunk.number());
    }

    /** Why a row failed whose value the server did not take. */
    TransformFailure failure(SQLException error) {
        return new TransformFailure(SqlErrors.state(error), FailedRow.message(error, settings.showValues()));
    }

    /** The statement that records a row that the application could not compute. */
    String record(InputRow row, TransformFailure failure) {
        return """
                INSERT INTO %s (target, migration, ordinal, row_key, tid, sqlstate, message)
                VALUES (%s, %s, %s, %s, %s, %s)
                ON CONFLICT (target, migration, ordinal, row_key) DO UPDATE
                    SET tid = excluded.tid, sqlstate = excluded.sqlstate, message = excluded.message,
                        at = pg_catalog.clock_timestamp()"""
                .formatted(
                        table,
                        sql.key(task.lease()),
                        ordinal(),
                        Literal.text(row.key()),
                        // Its queue finds it by its key; the place is for people.
                        Literal.text("0/" + row.place()),
                        Literal.text(failure.code()),
                        Literal.text(failure.message()));
    }

    /** The statement that forgets rows that the application could compute after all. */
    String forget(Collection<InputRow> computed) {
        return forgetKeys(computed.stream().map(InputRow::key).toList());
    }

    /** The statement that forgets rows that are gone or in step. */
    String forgetKeys(List<String> keys) {
        return "DELETE FROM " + table + " WHERE " + mine() + " AND row_key = ANY (" + Literal.texts(keys) + ")";
    }

    /** The statement that forgets all rows. */
    String forgetAll() {
        return "DELETE FROM " + table + " WHERE " + mine();
    }

    /** Rows that CONTRACT can't compute are failed rows of the backfill before it. */
    private String ordinal() {
        if (!(task.step().action() instanceof Action.CatchUp)) {
            return Literal.number(task.ordinal());
        }
        String step = sql.table("step").quoted();
        return "(SELECT pg_catalog.min(b.ordinal) FROM " + step + " AS b JOIN " + step
                + " AS s USING (target, migration, operation) WHERE " + task.isMine(sql, "s")
                + " AND b.action_kind = 'BACKFILL')";
    }

    private String mine() {
        return sql.isOf(task.lease().migration()) + " AND ordinal = " + ordinal();
    }

    /** The statement that records why a row has failed this time. */
    String update(FailedRow row, SQLException error) {
        return "UPDATE " + table + " SET sqlstate = " + Literal.text(SqlErrors.state(error)) + ", message = "
                + Literal.text(FailedRow.message(error, settings.showValues()))
                + ", at = pg_catalog.clock_timestamp() WHERE "
                + task.isMine(sql) + " AND row_key = " + Literal.text(row.key());
    }

    /** The statement that forgets a row. */
    String delete(FailedRow row) {
        return "DELETE FROM " + table + " WHERE " + task.isMine(sql) + " AND row_key = " + Literal.text(row.key());
    }

    /** Throws if more have failed than may be passed over. */
    void checkBudget() {
        if (isOverBudget()) {
            throw failure("what is filled stays filled");
        }
    }

    /**
     * What ends a backfill that left rows behind, or left too many.
     *
     * @param filled what became of the others, for people
     */
    StepFailure failure(String filled) {
        String first = rows.values().stream()
                .limit(MOST_NAMED)
                .map(row -> row.key() + " (" + row.sqlState() + ": " + row.message() + ")")
                .collect(Collectors.joining("\n  "));
        String what = isOverBudget()
                ? "more rows than the " + settings.failedRowBudget()
                        + " that may be passed over could not be filled, so" + " it stopped"
                : rows.size() + (rows.size() == 1 ? " row" : " rows") + " could not be filled and "
                        + (rows.size() == 1 ? "was" : "were") + " passed over";
        return Failures.permanent(
                "",
                "backfill of " + of + ": " + what + "; " + filled + ". The first of those that failed:\n  "
                        + first + "\nAll of them: migrator failed "
                        + task.lease().migration() + " (they stand in " + table
                        + "). Their old shape is as it was. Mend these rows, then run migrate again: it tries them again"
                        + (isOverBudget() ? " and goes on where it stopped." : "."));
    }
}
