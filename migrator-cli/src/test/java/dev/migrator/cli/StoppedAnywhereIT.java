package dev.migrator.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.migrator.test.BackgroundSession;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process is stopped (SIGSTOP) at moments that nobody chose, again and again, for much longer than a lock may be held: no
 * transaction of it stays open meanwhile with a lock on the application's table, and the application waits for none.
 */
class StoppedAnywhereIT {
    private static final long SEED = Long.getLong("migrator.test.seed", 20261122L);
    private static final boolean THOROUGH = Boolean.getBoolean("migrator.test.thorough");
    private static final int STOPS = THOROUGH ? 60 : 3;
    private static final Duration STOP = THOROUGH ? Duration.ofSeconds(10) : Duration.ofSeconds(3);
    private static final Duration GENEROUS = Duration.ofSeconds(2);
    private static final int ROWS = 40_000;

    // What a message does at the server is over within its limits; what is left after them would stay.
    private static final String HELD =
            """
            SELECT a.pid || ' ' || a.state || ' ' || string_agg(l.mode, ', ') || ': ' || left(a.query, 200)
            FROM pg_stat_activity AS a JOIN pg_locks AS l ON l.pid = a.pid AND l.locktype = 'relation'
            WHERE l.relation = 'users'::regclass AND l.granted AND a.application_name <> 'app'
                AND l.mode IN ('RowExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
            GROUP BY a.pid, a.state, a.query
            """;

    @TempDir
    Path folder;

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean stopped;
    private volatile long slowest;

    private void work(CommandSite site) {
        try (BackgroundSession session = BackgroundSession.holding(
                site.database(), "SET application_name = 'app'; SET statement_timeout = '20s'")) {
            for (int n = 0; !stopped; n++) {
                long begun = System.nanoTime();
                session.execute(
                        n % 2 == 0
                                ? "UPDATE users SET note = 'w' WHERE id = " + (1 + n * 7 % ROWS)
                                : "SELECT count(note) FROM users WHERE id < 10");
                slowest = Math.max(slowest, System.nanoTime() - begun);
            }
        } catch (RuntimeException e) {
            failures.add(e.toString());
        }
    }

    @Test
    void noLockOutlastsAMessageWhileItStandsStill() throws Exception {
        assumeThat(Signal.KILL).isExecutable();
        try (CommandSite site = CommandSite.in(
                folder,
                "CREATE TABLE users (id int PRIMARY KEY, age int, note text)",
                "INSERT INTO users SELECT g, g % 90, 'n' FROM generate_series(1, " + ROWS + ") g")) {
            site.command()
                    .file(
                            "0001_label.yaml",
                            """
                            operations:
                              - changeType: { table: users, column: age, type: text, to: label, down: "label::int" }
                              - createIndex: { table: users, name: users_note, columns: [ note ] }
                            gates: { contract: [], purge: [] }
                            """);
            Thread application = new Thread(() -> work(site), "application");
            application.start();
            int stops;
            try {
                stops = stopNowAndThen(site);
            } finally {
                stopped = true;
                application.join();
            }
            System.out.printf(
                    "held: %d stops of %s (seed %d), slowest statement of the application %d ms%n",
                    stops, STOP, SEED, TimeUnit.NANOSECONDS.toMillis(slowest));
            assertThat(failures).isEmpty();
            assertThat(Duration.ofNanos(slowest)).isLessThan(GENEROUS);
            assertThat(stops).as("stops before it ended").isPositive();
            assertThat(site.columns("users")).containsExactly("id", "label", "note");
        }
    }

    private int stopNowAndThen(CommandSite site) throws Exception {
        Random random = new Random(SEED);
        int stops = 0;
        Process process = site.command().start("migrate");
        try {
            while (stops < STOPS && !process.waitFor(300 + random.nextInt(500), TimeUnit.MILLISECONDS)) {
                if (!Signal.STOP.reaches(process)) {
                    break; // it has just ended
                }
                // Its last message has all its time, and more.
                Thread.sleep(2000);
                List<String> held = site.database().queryStrings(HELD);
                Thread.sleep(STOP.toMillis() - 2000);
                Signal.CONT.send(process);
                assertThat(held).as("stop %d, seed %d", stops, SEED).isEmpty();
                stops++;
            }
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        Command.Result result = site.command().result(process);
        assertThat(result.code()).as(result.err()).isZero();
        return stops;
    }
}
