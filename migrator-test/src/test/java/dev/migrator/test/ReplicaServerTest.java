package dev.migrator.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.test.internal.Waiting;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ReplicaServerTest {
    private static PostgresServer primary;
    private static TestDatabase db;
    private static ReplicaServer replica;

    @BeforeAll
    static void start() {
        primary = PostgresServer.builder().start();
        db = primary.createDatabase();
        db.execute("CREATE TABLE sent (n int)");
        replica = ReplicaServer.of(primary, "near");
    }

    @AfterAll
    static void stop() {
        try (PostgresServer last = primary;
                TestDatabase second = db;
                ReplicaServer first = replica) {
            assertThat(first.name()).isEqualTo("near");
        }
    }

    private static void send(int n) {
        db.execute("TRUNCATE sent", "INSERT INTO sent VALUES (" + n + ")");
    }

    private static String received() {
        return replica.queryString(db, "SELECT max(n) FROM sent");
    }

    /** For long enough that a replica that is not slow would show it. */
    private static void staysAt(String n) {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < 200_000_000) {
            assertThat(received()).isEqualTo(n);
        }
    }

    @Test
    void follows_its_primary() {
        send(1);
        replica.awaitCaughtUp();
        assertThat(received()).isEqualTo("1");
        assertThatThrownBy(() -> replica.queryString(db, "INSERT INTO sent VALUES (0) RETURNING n"))
                .isInstanceOf(SqlFailure.class);
    }

    @Test
    void applies_nothing_while_paused() {
        send(2);
        replica.awaitCaughtUp();
        replica.pauseReplay();
        try {
            db.execute("UPDATE sent SET n = 3");
            String written = db.queryString("SELECT pg_current_wal_flush_lsn()");
            Waiting.until(Duration.ofSeconds(30), () -> "received nothing", () -> replica.queryString(
                            db, "SELECT pg_last_wal_receive_lsn() >= '" + written + "'")
                    .equals("t"));
            staysAt("2");
        } finally {
            replica.resumeReplay();
        }
        replica.awaitCaughtUp();
        assertThat(received()).isEqualTo("3");
    }

    @Test
    void applies_with_a_delay() {
        send(4);
        replica.awaitCaughtUp();
        replica.applyDelay(Duration.ofMinutes(5));
        try {
            db.execute("UPDATE sent SET n = 5");
            staysAt("4");
        } finally {
            replica.applyDelay(Duration.ZERO);
        }
        replica.awaitCaughtUp();
        assertThat(received()).isEqualTo("5");
    }

    @Test
    void hangs_or_leaves_and_comes_back() {
        send(6);
        replica.awaitCaughtUp();
        replica.hang();
        try {
            db.execute("UPDATE sent SET n = 7");
            staysAt("6");
            assertThat(senders()).isOne();
        } finally {
            replica.wakeUp();
        }
        replica.awaitCaughtUp();
        assertThat(received()).isEqualTo("7");

        replica.disconnect();
        db.execute("UPDATE sent SET n = 8");
        staysAt("7");
        assertThat(senders()).isZero();
        replica.reconnect();
        replica.awaitCaughtUp();
        assertThat(received()).isEqualTo("8");
        assertThat(senders()).isOne();
    }

    private static long senders() {
        return db.queryLong("SELECT count(*) FROM pg_stat_get_wal_senders()");
    }
}
