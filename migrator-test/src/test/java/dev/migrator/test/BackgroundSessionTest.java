package dev.migrator.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BackgroundSessionTest {

    private final TestDatabase db = PostgresServer.shared().createDatabase();

    @AfterEach
    void drop() {
        db.close();
    }

    @Test
    void holds_its_locks_until_it_is_closed() {
        db.execute("CREATE TABLE t (n int)", "INSERT INTO t VALUES (1)");
        try (BackgroundSession reader = BackgroundSession.holding(db, "BEGIN; SELECT n FROM t")) {
            assertThat(db.queryStrings(
                            "SELECT mode FROM pg_locks WHERE pid = ? AND relation = 't'::regclass", reader.pid()))
                    .containsExactly("AccessShareLock");
            assertThatThrownBy(() -> db.execute("SET lock_timeout = '20ms'; DROP TABLE t"))
                    .isInstanceOfSatisfying(
                            SqlFailure.class, e -> assertThat(e.sqlState()).isEqualTo("55P03"));
        }
        assertThat(db.sessions()).isEmpty();
        db.execute("DROP TABLE t");
    }

    @Test
    void rolls_back_what_it_wrote() {
        db.execute("CREATE TABLE t (n int)");
        try (BackgroundSession writer = BackgroundSession.holding(db, "BEGIN; INSERT INTO t VALUES (1)")) {
            writer.execute("INSERT INTO t VALUES (2)");
            assertThat(writer.queryRows("SELECT count(*) FROM t").get(0)).containsExactly("2");
        }
        assertThat(db.queryLong("SELECT count(*) FROM t")).isZero();
    }

    @Test
    void can_wait_for_another_session() {
        db.execute("CREATE TABLE t (n int)");
        try (BackgroundSession first = BackgroundSession.holding(db, "BEGIN; LOCK TABLE t");
                BackgroundSession second = BackgroundSession.holding(db, "BEGIN")) {
            CompletableFuture<Void> insert = second.start("INSERT INTO t VALUES (1); COMMIT");
            second.awaitBlocked();

            first.execute("COMMIT");

            insert.join();
        }
        assertThat(db.queryLong("SELECT count(*) FROM t")).isOne();
    }

    @Test
    void closes_while_it_waits() {
        db.execute("CREATE TABLE t (n int)");
        try (BackgroundSession first = BackgroundSession.holding(db, "BEGIN; LOCK TABLE t")) {
            BackgroundSession second = BackgroundSession.holding(db, "BEGIN");
            CompletableFuture<Void> insert = second.start("INSERT INTO t VALUES (1)");
            second.awaitBlocked();

            second.close();

            assertThat(db.sessions()).singleElement().asString().startsWith(first.pid() + " ");
            assertThatThrownBy(insert::join).hasCauseInstanceOf(SqlFailure.class);
        }
    }

    @Test
    void sql_that_fails_leaves_no_session() {
        assertThatThrownBy(() -> BackgroundSession.holding(db, "BEGIN; SELECT 1 / 0"))
                .isInstanceOf(SqlFailure.class);
        assertThat(db.sessions()).isEmpty();
    }
}
