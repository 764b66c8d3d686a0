package dev.migrator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backfill that takes long enough to be watched and stopped: each row costs a millisecond until the test says otherwise. */
class LongBackfillIT {
    private static final int ROWS = 60_000;
    private static final Path SCRIPT = Path.of("/usr/bin/script");

    @TempDir
    Path folder;

    @TempDir
    Path elsewhere;

    private TestDatabase database;
    private Command command;

    @BeforeEach
    void createDatabase() {
        database = PostgresServer.shared().createDatabase();
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, age int)",
                "INSERT INTO users SELECT g, g % 90 FROM generate_series(1, " + ROWS + ") g",
                function(""));
        command = prepared(folder);
        // Only then slow: preflight tries the expression on rows, too.
        assertThat(command.run("migrate", "--to", "EXPAND").code()).isZero();
        database.execute(function("PERFORM pg_catalog.pg_sleep(0.001);"));
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private static String function(String work) {
        return "CREATE OR REPLACE FUNCTION label(age int) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN " + work
                + " RETURN age::text; END $$";
    }

    private Command prepared(Path where) {
        return new Command(where, database)
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
    }

    private JsonNode status() {
        Command.Result result = prepared(elsewhere).run("status", "--json");
        assertThat(result.code()).as(result.err()).isZero();
        return result.json().get(0);
    }

    private long filled() {
        return database.queryLong("SELECT COALESCE(sum(rows), 0) FROM migrator.backfill_chunk");
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        Object monitor = new Object();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("what was waited for has not come").isLessThan(deadline);
            synchronized (monitor) {
                monitor.wait(50);
            }
        }
    }

    @Test
    void aPauseFromAnotherProcessStopsTheEngineAtOnceAndItGoesOnLater() throws Exception {
        Process engine = command.start("migrate");
        await(() -> filled() > 0);
        JsonNode running = status();
        assertThat(running.get("status").asText()).isEqualTo("RUNNING");
        assertThat(running.get("backfill").get("blocksDone").asLong())
                .isLessThan(running.get("backfill").get("blocksTotal").asLong());

        assertThat(prepared(elsewhere).run("pause", "0001_label").code()).isZero();
        assertThat(engine.waitFor(1, TimeUnit.MINUTES)).isTrue();
        Command.Result stopped = command.result(engine);
        assertThat(stopped.code()).as(stopped.err()).isEqualTo(4);
        assertThat(stopped.out()).contains("is paused");
        assertThat(filled()).isBetween(1L, ROWS - 1L);
        JsonNode paused = status();
        assertThat(paused.get("status").asText()).isEqualTo("PAUSED");
        assertThat(paused.get("backfill").get("rowsPerSecond").asDouble()).isPositive();
        assertThat(paused.get("backfill").has("etaSeconds")).isTrue();

        database.execute(function(""));
        assertThat(prepared(elsewhere).run("resume", "0001_label").code()).isZero();
        assertThat(command.run("migrate").code()).isEqualTo(3);
        assertThat(database.queryLong("SELECT count(*) FROM users WHERE label IS DISTINCT FROM age::text"))
                .isZero();
    }

    @Test
    void aTerminalGetsABarAndAPipeLines() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(SCRIPT), "there is no " + SCRIPT + " to make a terminal with");
        database.execute("DELETE FROM users WHERE id > 3000");
        String line = String.join(" ", Command.line("migrate", "--to", "BACKFILL"));
        Process process = command.startProgram(List.of(SCRIPT.toString(), "-qec", line, "/dev/null"));
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        Command.Result terminal = command.result(process);
        assertThat(terminal.code()).as(terminal.out()).isZero();
        assertThat(terminal.out()).contains("\r", "%", "rows/s", "BACKFILL is complete");

        Command.Result pipe = command.run("migrate", "--to", "VALIDATE");
        assertThat(pipe.code()).isZero();
        assertThat(pipe.out().getBytes(StandardCharsets.UTF_8)).doesNotContain((byte) '\r', (byte) 27);
        assertThat(pipe.err()).contains("VALIDATE RUNNING").doesNotContain("\r", "\u001b");
    }
}
