package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Phase;
import dev.migrator.plan.Action;
import dev.migrator.plan.Plan;
import dev.migrator.plan.Step;
import dev.migrator.test.TestDatabase;
import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.postgresql.PGConnection;

/** A table whose column {@code code} is written in every form, and what its rows must hold; numbers, as text or not. */
final class FormTable {
    private static final String NULL = "<null>";
    private static final int ROWS = 700;

    private final TestDatabase database;
    private final Map<Integer, String> rows = new TreeMap<>();
    private final Iterator<Integer> untouched = IntStream.rangeClosed(1, ROWS).iterator();
    private int nextId = 10_000;
    private int nextValue = 1_000_000;

    FormTable(TestDatabase database) {
        this.database = database;
        database.execute(
                "CREATE TABLE items (id int PRIMARY KEY, note text, code text)",
                "INSERT INTO items SELECT g, 'n', g FROM generate_series(1, " + ROWS + ") g",
                "CREATE SCHEMA other",
                "CREATE VIEW other.notes AS SELECT id, note FROM items");
        IntStream.rangeClosed(1, ROWS).forEach(id -> rows.put(id, String.valueOf(id)));
    }

    /** Every form once, by the release that knows this column. */
    void write(String column) throws Exception {
        boolean text = database.queryString(
                        "SELECT atttypid::regtype FROM pg_attribute WHERE attrelid = 'items'::regclass AND attname = ?",
                        column)
                .equals("text");
        try (Connection connection = database.connectAsSuperuser();
                Statement statement = connection.createStatement()) {
            statement.execute("SET ROLE \"" + database.user() + '"');
            for (WriterForm form : WriterForm.values()) {
                if (form.isKnownTo(database.server().majorVersion())) {
                    write(form, column, text, statement);
                }
            }
        }
        check(column);
    }

    private void write(WriterForm form, String column, boolean text, Statement statement)
            throws SQLException, IOException {
        int id = form.effect().isOfANewRow() ? nextId++ : untouched.next();
        String value = String.valueOf(nextValue++);
        for (String sql : form.statements("public.items", column, id, value, text)) {
            if (sql.contains("replication_role")) {
                statement.execute("RESET ROLE");
            }
            if (sql.startsWith("COPY")) {
                String[] parts = sql.split("\n", 2);
                statement
                        .getConnection()
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn(parts[0], new StringReader(parts[1]));
            } else {
                statement.execute(sql);
            }
            if (sql.startsWith("RESET")) {
                statement.execute("SET ROLE \"" + database.user() + '"');
            }
        }
        switch (form.effect()) {
            case SETS, INSERTS -> rows.put(id, value);
            case CLEARS, INSERTS_NOTHING -> rows.put(id, NULL);
            case DELETES -> rows.remove(id);
            case KEEPS -> {}
        }
    }

    /** Rows that nobody has written since EXPAND have no new shape yet. */
    private void check(String written) {
        List<String> columns = database.queryStrings(
                "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = 'items'::regclass AND attnum > 0"
                        + " AND NOT attisdropped AND attname !~ '^(id|note|mg_[0-9a-f]{8})$'");
        String filled = database
                .queryStrings("SELECT attname FROM pg_attribute WHERE attrelid = 'items'::regclass"
                        + " AND attname ~ '^mg_[0-9a-f]{8}$' AND NOT attisdropped")
                .stream()
                .findFirst()
                .map(marker -> "(" + marker + " & 1) = 1")
                .orElse("true");
        for (String column : columns) {
            List<String> wrong = new ArrayList<>();
            Map<Integer, String> expected = new TreeMap<>(rows);
            for (List<String> row : database.queryRows("SELECT id, " + column + ", " + filled + " FROM items")) {
                int id = Integer.parseInt(row.get(0));
                String value = expected.containsKey(id) ? String.valueOf(expected.remove(id)) : "no row";
                if (row.get(2).equals("t") || column.equals("code")) {
                    if (!row.get(1).equals(value)) {
                        wrong.add(row + " instead of " + value);
                    }
                }
            }
            expected.forEach((id, value) -> wrong.add("row " + id + " is gone"));
            assertThat(wrong).as("%s, after writes through %s", column, written).isEmpty();
        }
    }

    /** The backfill has come half way. */
    void fillHalf(Plan plan) {
        for (Step step : plan.steps(Phase.BACKFILL)) {
            if (step.action() instanceof Action.Backfill backfill) {
                database.execute(
                        "UPDATE items SET " + backfill.assignments() + " WHERE id % 2 = 0 AND " + backfill.pending());
            }
        }
    }
}
