package dev.migrator.pg.execute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.test.BackgroundSession;
import dev.migrator.test.PostgresServer;
import dev.migrator.throttle.ThrottleKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** WAL that is written too fast, not archived, or kept for a slot that nobody reads. */
class ThrottleWalTest {
    private static final int ROWS = 200;
    private static final String MEGABYTE = "SELECT pg_logical_emit_message(true, 'test', repeat('x', 1000000))";

    @TempDir
    static Path folder;

    private static PostgresServer server;

    private BackfillSite users;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.builder()
                .logicalReplication()
                .setting("archive_mode", "on")
                .setting("archive_command", "test -e " + flag())
                .setting("autovacuum", "off")
                .start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void createDatabase() {
        users = BackfillSite.on(server, ROWS);
    }

    @AfterEach
    void dropDatabase() {
        users.close();
    }

    /** The archive takes what it is given while this file is there. */
    private static Path flag() {
        return folder.resolve("archive");
    }

    private void archive(boolean works) throws IOException {
        Files.deleteIfExists(flag());
        if (works) {
            Files.createFile(flag());
        }
        // After three failures the archiver sleeps for a minute, unless something wakes it up.
        users.site.db.executeAsSuperuser("SELECT pg_reload_conf()");
    }

    private long archived() {
        return users.site.db.queryLong("SELECT archived_count FROM pg_stat_archiver");
    }

    private void fillSegments(int n) {
        for (int i = 0; i < n; i++) {
            users.site.db.executeAsSuperuser(MEGABYTE, "SELECT pg_switch_wal()");
        }
    }

    @Test
    void segmentsThatAreNotArchivedAreCountedAndWithoutTheRightToCountNotTakenForFine() throws IOException {
        archive(false);
        users.site.db.executeAsSuperuser("SELECT pg_stat_reset_shared('archiver')");
        fillSegments(3);
        try (ThrottledRun run = ThrottledRun.of(users, ThrottleKey.ARCHIVE_BACKLOG, "..2")) {
            run.awaitStopped("not known, nothing has been archived since").assertHoldsNothing(ROWS);
            users.site.db.executeAsSuperuser("GRANT pg_monitor TO " + users.site.db.user());
            run.awaitStopped("segments of WAL that are not archived ").awaitStopped("stopped above 2");
            run.assertHoldsNothing(ROWS);
            archive(true);
            run.goesOn();
        }
    }

    @Test
    void withoutThatRightTheyAreToldByTheNameOfTheLastOne() throws IOException {
        archive(true);
        fillSegments(1);
        // Only waits: what is written meanwhile would stay for as long as it is not archived.
        for (int i = 0; i < 1000 && archived() == 0; i++) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        assertThat(archived()).isPositive();
        archive(false);
        fillSegments(4);
        try (ThrottledRun run = ThrottledRun.of(users, ThrottleKey.ARCHIVE_BACKLOG, "..2")) {
            run.awaitStopped("stopped above 2").assertHoldsNothing(ROWS);
            archive(true);
            run.goesOn();
        }
    }

    @Test
    void aSlotThatNobodyReadsHoldsItBack() {
        users.site.db.executeAsSuperuser("SELECT pg_create_logical_replication_slot('idle', 'pgoutput')", MEGABYTE);
        try (ThrottledRun run = ThrottledRun.of(users, ThrottleKey.SLOT_BYTES, "..500kB")) {
            run.awaitStopped("(slot 'idle', which nobody reads), stopped above 500 kB")
                    .assertHoldsNothing(ROWS);
            users.site.db.executeAsSuperuser("SELECT pg_drop_replication_slot('idle')");
            run.goesOn();
        }
    }

    @Test
    void walThatIsWrittenTooFast() {
        users.site.db.execute(
                """
                CREATE PROCEDURE writes() LANGUAGE plpgsql AS $$
                BEGIN FOR i IN 1..400 LOOP
                    PERFORM pg_logical_emit_message(true, 'test', repeat('x', 100000));
                    COMMIT;
                    PERFORM pg_sleep(0.01);
                END LOOP; END $$""");
        try (BackgroundSession writer = BackgroundSession.holding(users.site.db, "SELECT 1")) {
            CompletableFuture<Void> unused = writer.start("CALL writes()");
            try (ThrottledRun run = ThrottledRun.of(users, ThrottleKey.WAL_RATE, "..1MB")) {
                run.awaitStopped("stopped above 1 MB").assertHoldsNothing(ROWS);
                writer.close();
                run.goesOn();
            }
            assertThat(users.site.waits).anyMatch(wait -> wait.contains("WAL written a second"));
        }
    }
}
