package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Phase;
import dev.migrator.pg.Databases;
import dev.migrator.test.TestDatabase;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.PGConnection;

/**
 * Every form that SQL offers for a write, by the old and by the new release, in every phase there and back, on rows that
 * nobody has written before and on new ones; after each round every row is what was written last.
 */
class WriterFormsTest {
    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = Databases.withStateTables();
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "- renameColumn: { table: items, column: code, to: number } | code | number",
                "- changeType: { table: items, column: code, type: bigint, to: number } | code | number",
                "- changeType: { table: items, column: code, type: bigint } | code | code"
            })
    void everyRowIsWhatWasWrittenLast(String operation, String old, String fresh) throws Exception {
        FormTable table = new FormTable(database);
        PlanRunner runner = new Users(database).plan(operation + "\n");
        runner.run(Phase.EXPAND);
        both(table, old, fresh);
        table.fillHalf(runner.plan());
        both(table, old, fresh);
        runner.run(Phase.BACKFILL);
        both(table, old, fresh);
        runner.run(Phase.VALIDATE);
        both(table, old, fresh);
        runner.run(Phase.CONTRACT);
        table.write(fresh);
        runner.undo(Phase.CONTRACT);
        both(table, old, fresh);
        assertThat(runner.violations(Phase.VALIDATE)).isEmpty();
        runner.undo(Phase.VALIDATE);
        runner.undo(Phase.BACKFILL);
        both(table, old, fresh);
        runner.run(Phase.VALIDATE);
        runner.run(Phase.CONTRACT);
        table.write(fresh);
        runner.run(Phase.PURGE);
        table.write(fresh);
    }

    /** A new column under the old one's name is known to no release before CONTRACT. */
    private static void both(FormTable table, String old, String fresh) throws Exception {
        table.write(old);
        if (!fresh.equals(old)) {
            table.write(fresh);
        }
    }

    /** Rows that nobody will ever look at twice, as their loader thinks. */
    @Test
    void aTableThatIsEmptiedAndLoadedFrozenIsInStep() throws Exception {
        database.execute("CREATE TABLE items (id int PRIMARY KEY, code text)", "INSERT INTO items VALUES (1, 'gone')");
        PlanRunner runner = new Users(database).plan("- renameColumn: { table: items, column: code, to: number }\n");
        int id = 1;
        for (Phase phase : Phase.values()) {
            runner.run(phase);
            String column = phase.isBefore(Phase.CONTRACT) ? "code" : "number";
            try (Connection connection = database.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("BEGIN; TRUNCATE items");
                connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn(
                                "COPY items (id, " + column + ") FROM STDIN WITH (FREEZE, DELIMITER ',')",
                                new StringReader(id + "," + phase + "\n"));
                statement.execute("COMMIT");
            }
            String columns = phase.isBefore(Phase.CONTRACT) ? "code, number" : "number, number";
            assertThat(database.queryRows("SELECT id, " + columns + " FROM items"))
                    .containsExactly(List.of(String.valueOf(id++), phase.toString(), phase.toString()));
        }
    }
}
