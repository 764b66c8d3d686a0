package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.MigrationBuilder;
import dev.migrator.Phase;
import dev.migrator.engine.Outcome;
import dev.migrator.test.TestDatabase;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** As many columns of a table as the marker has room for, under a trigger of the table's own that reads them all. */
class ManyMappingsTest {
    private final TestDatabase database = Databases.withStateTables();

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private static String list(int columns, String between, IntFunction<String> each) {
        return IntStream.range(0, columns).mapToObj(each).collect(Collectors.joining(between));
    }

    private static Migration changing(int columns) {
        MigrationBuilder builder = Migration.builder("0001_all");
        for (int i = 0; i < columns; i++) {
            String name = "c" + i;
            String to = "n" + i;
            builder.changeType("t", name, "bigint", change -> change.to(to)
                    .up(name + " + 1")
                    .down("(" + to + " - 1)::int"));
        }
        return builder.gates(Phase.VALIDATE).gates(Phase.CONTRACT).build();
    }

    private void createTable(int columns) {
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, total bigint, " + list(columns, ", ", i -> "c" + i + " int") + ")",
                """
                CREATE FUNCTION sum_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                  NEW.total := (SELECT COALESCE(sum(value::bigint), 0) FROM jsonb_each_text(to_jsonb(NEW)) WHERE key ~ '^c[0-9]+$');
                  RETURN NEW;
                END $$
                """,
                "CREATE TRIGGER sum_up BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION sum_up()",
                "INSERT INTO t SELECT g, 0, " + list(columns, ", ", i -> "g * 100 + " + i)
                        + " FROM generate_series(1, 5) g");
    }

    private void assertInStep(int columns, String where) {
        assertThat(database.queryStrings("SELECT id::text FROM t WHERE "
                        + list(columns, " OR ", i -> "n" + i + " IS DISTINCT FROM c" + i + " + 1") + " ORDER BY id"))
                .as(where)
                .isEmpty();
    }

    @Test
    void eachIsKeptInStepByItself() {
        int columns = 15;
        createTable(columns);
        int last = columns - 1;
        PostgresMigrator migrator = PostgresMigrator.builder(database.dataSource())
                .migrations(List.of(changing(columns)))
                .build();
        assertThat(migrator.migrate(Phase.EXPAND).get(0).outcome()).isInstanceOf(Outcome.Arrived.class);
        database.execute(
                // Old and new release on rows that are not filled, then on those that they wrote.
                "UPDATE t SET c" + last + " = 7 WHERE id = 1",
                "UPDATE t SET n" + last + " = NULL WHERE id = 2",
                "UPDATE t SET n" + last + " = 50, c0 = c0 WHERE id = 3",
                "INSERT INTO t (id, " + list(columns, ", ", i -> "n" + i) + ") VALUES (10, "
                        + list(columns, ", ", i -> "1001 + " + i) + ")",
                "INSERT INTO t (id, " + list(columns, ", ", i -> "c" + i) + ") VALUES (11, "
                        + list(columns, ", ", i -> "2000 + " + i) + ")",
                "UPDATE t SET n0 = 8 WHERE id = 11",
                "UPDATE t SET c" + last + " = 9 WHERE id = 10");
        assertThat(migrator.migrate(Phase.VALIDATE).get(0).outcome()).isInstanceOf(Outcome.Arrived.class);
        assertInStep(columns, "in VALIDATE");
        assertThat(database.queryStrings(
                        "SELECT COALESCE(c" + last + "::text, 'none') FROM t WHERE id IN (1, 2, 3, 10) ORDER BY id"))
                .containsExactly("7", "none", "49", "9");
        assertThat(database.queryLong("SELECT c0 FROM t WHERE id = 11")).isEqualTo(7);
        assertThat(database.queryLong("SELECT count(*) FROM t WHERE total IS DISTINCT FROM "
                        + list(columns, " + ", i -> "COALESCE(c" + i + ", 0)")))
                .as("what the table's own trigger saw")
                .isZero();

        assertThat(migrator.migrate(Phase.CONTRACT).get(0).outcome()).isInstanceOf(Outcome.Arrived.class);
        database.execute(
                "UPDATE t SET n" + last + " = 77 WHERE id = 4",
                "INSERT INTO t (id, " + list(columns, ", ", i -> "n" + i) + ") VALUES (12, "
                        + list(columns, ", ", i -> "3001 + " + i) + ")");
        migrator.rollback("0001_all", Optional.empty());
        assertThat(database.queryStrings("SELECT COALESCE(c" + last
                        + "::text, 'none') FROM t WHERE id IN (1, 2, 3, 4, 10, 12) ORDER BY id"))
                .containsExactly("7", "none", "49", "76", "9", String.valueOf(3000 + last));
    }

    @Test
    void moreThanTheMarkerHasRoomForAreRefused() {
        createTable(16);
        PostgresMigrator migrator = PostgresMigrator.builder(database.dataSource())
                .migrations(List.of(changing(16)))
                .build();
        assertThat(migrator.migrate(Phase.EXPAND).get(0).outcome())
                .asString()
                .contains("one migration can change at most 15 columns of a table");
    }
}
