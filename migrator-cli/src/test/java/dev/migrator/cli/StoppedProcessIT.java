package dev.migrator.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.migrator.test.BackgroundSession;
import dev.migrator.test.SchemaSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process is stopped (SIGSTOP), as by a suspended machine, until long after its lease has run out and another has taken over;
 * then it wakes up. It must do nothing any more, and end.
 */
class StoppedProcessIT {
    private static final String OPERATIONS =
            """
            operations:
              - changeType: { table: users, column: age, type: text, to: label, up: "public.label(age)", down: "label::int" }
              - createIndex: { table: users, name: users_note, columns: [ note ] }
            gates: { contract: [], purge: [] }
            """;

    @TempDir
    Path folder;

    @TempDir
    Path elsewhere;

    private CommandSite site;
    private Command other;

    @BeforeEach
    void open() {
        assumeThat(Signal.KILL).isExecutable();
        site = CommandSite.in(
                folder,
                "CREATE TABLE users (id int PRIMARY KEY, age int, note text)",
                "CREATE TABLE others (id int)",
                "INSERT INTO users SELECT g, g % 90, 'n' FROM generate_series(1, 20000) g",
                function(""));
        site.command().file("0001_label.yaml", OPERATIONS);
        other = new Command(elsewhere, site.database()).file("0001_label.yaml", OPERATIONS);
    }

    @AfterEach
    void close() {
        site.close();
    }

    private static String function(String work) {
        return "CREATE OR REPLACE FUNCTION label(age int) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN " + work
                + " RETURN age::text; END $$";
    }

    private void leaseRunsOut() {
        site.database().execute("UPDATE migrator.control SET expires_at = '-infinity'");
    }

    private void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("what was waited for has not come").isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    private long token() {
        return site.database().queryLong("SELECT token FROM migrator.lease");
    }

    /** What the process has written to standard error so far. */
    private String said() {
        try {
            return Files.readString(folder.resolve("err.txt"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean running(String condition) {
        return site.database()
                .queryBoolean("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND pid <> pg_backend_pid() AND " + condition + ")");
    }

    /** The one that was stopped wakes up, ends, and has changed nothing. */
    private void wakesUpTooLate(Process stopped) throws IOException, InterruptedException {
        SchemaSnapshot before = site.database().snapshot("public");
        List<List<String>> steps =
                site.database().queryRows("SELECT ordinal, token, status FROM migrator.step ORDER BY 1");
        Signal.CONT.send(stopped);
        assertThat(stopped.waitFor(2, TimeUnit.MINUTES)).isTrue();
        Command.Result result = site.command().result(stopped);
        assertThat(result.code()).as(result.err()).isIn(0, 1);
        assertThat(before.differences(site.database().snapshot("public"))).isEmpty();
        assertThat(site.database().queryRows("SELECT ordinal, token, status FROM migrator.step ORDER BY 1"))
                .isEqualTo(steps);
        assertThat(site.database().queryLong("SELECT count(*) FROM users WHERE label IS DISTINCT FROM (id % 90)::text"))
                .isZero();
        assertThat(site.database()
                        .queryStrings("SELECT indexrelid::regclass::text || ' ' || indisvalid FROM pg_index"
                                + " WHERE indrelid = 'users'::regclass ORDER BY 1"))
                .containsExactly("users_note true", "users_pkey true");
    }

    @Test
    void inABatchOfTheBackfill() throws Exception {
        assertThat(site.command().run("migrate", "--to", "EXPAND").code()).isZero();
        site.database().execute(function("PERFORM pg_catalog.pg_sleep(0.001);"));
        Process stopped = site.command().start("migrate");
        await(() -> site.database().queryLong("SELECT coalesce(sum(rows), 0) FROM migrator.backfill_chunk") > 0);
        Signal.STOP.send(stopped);
        site.database().execute(function(""));
        leaseRunsOut();
        Command.Result finished = other.run("migrate");
        assertThat(finished.code()).as(finished.err()).isZero();
        wakesUpTooLate(stopped);
    }

    @Test
    void whileItWaitsForALock() throws Exception {
        Process stopped;
        try (BackgroundSession reader =
                BackgroundSession.holding(site.database(), "BEGIN; SELECT count(*) FROM users")) {
            stopped = site.command().start("migrate");
            await(() -> said().contains("waits for ACCESS EXCLUSIVE"));
            Signal.STOP.send(stopped);
            long token = token();
            leaseRunsOut();
            CompletableFuture<Command.Result> finished = CompletableFuture.supplyAsync(() -> other.run("migrate"));
            await(() -> token() > token);
            reader.execute("COMMIT");
            assertThat(finished.get(2, TimeUnit.MINUTES).code()).isZero();
        }
        wakesUpTooLate(stopped);
    }

    @Test
    void whileItsIndexIsBuilt() throws Exception {
        assertThat(site.command().run("migrate", "--to", "BACKFILL").code()).isZero();
        Process stopped;
        try (BackgroundSession snapshot = BackgroundSession.holding(
                site.database(), "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM others")) {
            stopped = site.command().start("migrate");
            await(() -> running("query LIKE 'CREATE INDEX CONCURRENTLY%' AND wait_event_type = 'Lock'"));
            Signal.STOP.send(stopped);
            long token = token();
            leaseRunsOut();
            CompletableFuture<Command.Result> finished = CompletableFuture.supplyAsync(() -> other.run("migrate"));
            await(() -> token() > token);
            snapshot.execute("COMMIT");
            Command.Result result = finished.get(2, TimeUnit.MINUTES);
            assertThat(result.code()).as(result.err()).isZero();
        }
        wakesUpTooLate(stopped);
    }

    @Test
    void inATransactionUnderLocksWhichTheServerFinishesWithoutIt() throws Exception {
        assertThat(site.command().run("migrate", "--to", "VALIDATE").code()).isZero();
        long done = stepsDone();
        Process stopped;
        String backend;
        try (BackgroundSession record = BackgroundSession.holding(
                site.database(), "BEGIN; SELECT FROM migrator.step WHERE phase = 'CONTRACT' FOR UPDATE")) {
            stopped = site.command().start("migrate");
            String waiting = "query LIKE 'BEGIN;%LOCK TABLE%' AND wait_event_type = 'Lock'";
            await(() -> running(waiting));
            Signal.STOP.send(stopped);
            backend = site.database().queryString("SELECT pid FROM pg_stat_activity WHERE " + waiting);
            record.execute("COMMIT");
        }
        await(() -> site.database().queryBoolean("SELECT state = 'idle' FROM pg_stat_activity WHERE pid = " + backend));
        assertThat(stepsDone())
                .as("steps done, the last one while it was stopped")
                .isEqualTo(done + 1);
        assertThat(site.database().queryLong("SELECT count(*) FROM pg_locks WHERE pid = " + backend))
                .isZero();
        leaseRunsOut();
        Command.Result finished = other.run("migrate");
        assertThat(finished.code()).as(finished.err()).isZero();
        wakesUpTooLate(stopped);
    }

    private long stepsDone() {
        return site.database().queryLong("SELECT count(*) FROM migrator.step WHERE status = 'DONE'");
    }
}
