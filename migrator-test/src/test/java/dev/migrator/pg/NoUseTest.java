package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Gate;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.GateAnswer.Verdict;
import dev.migrator.engine.Outcome;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The gate that asks pg_stat_statements whether anybody still names what goes. */
class NoUseTest {
    private static final Migration HOSTILE = Migration.builder("0001_name")
            .renameColumn("The \"Users\"", "Na me", "full name")
            .gates(Phase.CONTRACT, new Gate.NoUse(Duration.ofMillis(800)))
            .gates(Phase.PURGE)
            .build();
    private static final String USE = "SELECT count(\"Na me\") FROM \"The \"\"Users\"\"\"";

    @Test
    void itOpensWhenNoStatementHasNamedTheOldColumnForThatLong() {
        try (PostgresServer server = PostgresServer.builder()
                        .setting("shared_preload_libraries", "pg_stat_statements")
                        .start();
                TestDatabase database = server.createDatabase()) {
            database.execute(
                    "CREATE TABLE \"The \"\"Users\"\"\" (id int PRIMARY KEY, \"Na me\" text, \"full name 2\" text)");
            PostgresMigrator migrator = PostgresMigrator.builder(database.dataSource())
                    .migrations(List.of(HOSTILE))
                    .build();
            migrator.migrate(Phase.VALIDATE);
            asks(migrator, Verdict.UNKNOWN, "CREATE EXTENSION pg_stat_statements");
            database.executeAsSuperuser("CREATE EXTENSION pg_stat_statements");
            database.executeAsSuperuser(USE);
            asks(migrator, Verdict.UNKNOWN, "GRANT pg_read_all_stats");
            database.executeAsSuperuser("GRANT pg_read_all_stats TO " + database.queryString("SELECT current_user"));

            database.execute(
                    "CREATE FUNCTION uses() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (" + USE + "); END $$");
            asks(
                    migrator,
                    Verdict.UNKNOWN,
                    "statements inside of functions are not counted, and these name what goes: uses()");
            database.execute("DROP FUNCTION uses()");
            String settings = "ALTER DATABASE \"" + database.name() + "\" ";
            database.executeAsSuperuser(settings + "SET pg_stat_statements.track = 'none'");
            asks(migrator, Verdict.UNKNOWN, "pg_stat_statements.track is none");
            database.executeAsSuperuser(settings + "RESET pg_stat_statements.track");
            asks(migrator, Verdict.WAIT, "no statement has named what goes since");
            database.execute(USE);
            asks(migrator, Verdict.WAIT, "still named");
            database.executeAsSuperuser("SELECT pg_stat_statements_reset()");
            asks(migrator, Verdict.WAIT, "the time begins anew");
            // Of another column of the table, and of a column of that name elsewhere.
            database.execute("SELECT \"full name 2\" FROM \"The \"\"Users\"\"\"", "SELECT 1 AS \"Na me\"");
            ReleaseSite.until(() -> migrator.migrate(Phase.CONTRACT).get(0).outcome() instanceof Outcome.Arrived);
            assertThat(migrator.history("0001_name"))
                    .filteredOn(event -> event.event().startsWith("gate-pass"))
                    .singleElement()
                    .satisfies(event -> assertThat(event.detail()).contains("noUse", "no statement has named"));
        }
    }

    private static void asks(PostgresMigrator migrator, Verdict verdict, String reason) {
        assertThat(migrator.migrate(Phase.CONTRACT).get(0).outcome()).isInstanceOf(Outcome.Waits.class);
        assertThat(migrator.status("0001_name").get(0).gates()).singleElement().satisfies(gate -> {
            assertThat(gate.answer().reason()).contains(reason);
            assertThat(gate.answer().verdict()).isEqualTo(verdict);
        });
    }
}
