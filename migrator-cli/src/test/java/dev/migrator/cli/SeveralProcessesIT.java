package dev.migrator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import dev.migrator.test.internal.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One backfill, four processes; two of them, the one that leads among them, are killed in the middle of it. */
class SeveralProcessesIT {
    private static final int ROWS = 30_000;

    @TempDir
    Path folder;

    private Command command(TestDatabase database, String name) {
        try {
            return new Command(Files.createDirectories(folder.resolve(name)), database)
                    .file(
                            "0001_label.yaml",
                            """
                            operations:
                              - changeType:
                                  table: users
                                  column: age
                                  type: text
                                  to: label
                                  up: "public.label(age)"
                                  down: "label::int"
                            """);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(TestDatabase database, String condition) {
        Waiting.until(Duration.ofMinutes(2), () -> condition, () -> database.queryBoolean(condition));
    }

    private static String function(String work) {
        return "CREATE OR REPLACE FUNCTION label(age int) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN " + work
                + " RETURN age::text; END $$";
    }

    @Test
    void twoOfFourProcessesAreKilledAndEachRowIsFilledOnce() throws Exception {
        try (TestDatabase database = PostgresServer.shared().createDatabase()) {
            database.execute(
                    "CREATE TABLE users (id int PRIMARY KEY, age int, pad text)",
                    "INSERT INTO users SELECT g, g % 90, repeat('p', 500) FROM generate_series(1, " + ROWS + ") g",
                    function(""));
            Command leads = command(database, "leads");
            assertThat(leads.run("migrate", "--to", "EXPAND").code()).isZero();
            database.execute(function("PERFORM pg_catalog.pg_sleep(0.002);"));

            Command helps = command(database, "helps");
            List<Process> processes = new ArrayList<>();
            processes.add(leads.start("migrate", "--to", "BACKFILL"));
            try {
                await(database, "SELECT count(*) > 0 FROM migrator.backfill_chunk");
                processes.add(command(database, "first").start("work"));
                processes.add(helps.start("work", "--until-done", "--workers", "2"));
                processes.add(command(database, "third").start("work", "--until-done"));
                await(database, "SELECT count(DISTINCT owner) > 4 FROM migrator.backfill_chunk");
                processes.get(0).destroyForcibly().waitFor();
                processes.get(1).destroyForcibly().waitFor();
                database.execute(function(""));
                Command.Result last = command(database, "last").run("migrate", "--to", "BACKFILL");
                assertThat(last.code()).as(last.err()).isZero();
                assertThat(processes.get(2).waitFor(1, TimeUnit.MINUTES)).isTrue();
                assertThat(processes.get(2).exitValue()).isZero();
            } finally {
                processes.forEach(Process::destroyForcibly);
                for (Process process : processes) {
                    process.waitFor();
                }
            }
            assertThat(database.queryLong("SELECT count(*) FROM users WHERE label IS DISTINCT FROM age::text"))
                    .isZero();
            assertThat(database.queryLong("SELECT sum(rows) FROM migrator.backfill_chunk"))
                    .isEqualTo(ROWS);
            assertThat(helps.result(processes.get(2)).out()).contains("filled ", "no backfill is under way");
        }
    }
}
