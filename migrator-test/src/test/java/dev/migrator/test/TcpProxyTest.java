package dev.migrator.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.test.internal.Waiting;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.PreferQueryMode;

class TcpProxyTest {

    private static final String TRANSACTION =
            "BEGIN; SET LOCAL lock_timeout = '20s'; INSERT INTO t VALUES (1); INSERT INTO t VALUES (2); COMMIT";

    private final TestDatabase db = PostgresServer.shared().createDatabase();
    private final TcpProxy proxy = TcpProxy.inFrontOf(db.server());

    @BeforeEach
    void create() {
        db.execute("CREATE TABLE t (n int)");
    }

    @AfterEach
    void drop() {
        proxy.close();
        Waiting.until(Duration.ofSeconds(30), () -> "connections are left", () -> proxy.connections() == 0);
        db.close();
    }

    private PGSimpleDataSource through(String queryMode) {
        PGSimpleDataSource source = db.dataSource(proxy);
        source.setPreferQueryMode(PreferQueryMode.of(queryMode));
        return source;
    }

    private static void run(PGSimpleDataSource source, String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private long rows() {
        return db.queryLong("SELECT count(*) FROM t");
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended"})
    void forwards_and_records(String queryMode) throws SQLException {
        run(through(queryMode), TRANSACTION);

        assertThat(rows()).isEqualTo(2);
        assertThat(proxy.executed()).anyMatch(sql -> sql.contains("COMMIT"));
        assertThat(proxy.fired()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended"})
    void drops_the_answer_to_a_commit_that_the_server_made(String queryMode) {
        proxy.dropAnswerOf("COMMIT", 1);

        assertThatThrownBy(() -> run(through(queryMode), TRANSACTION))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08006"));

        assertThat(rows()).isEqualTo(2);
        assertThat(proxy.fired()).isTrue();
        db.awaitNoSessions();
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended"})
    void cuts_before_a_commit_so_that_the_server_rolls_back(String queryMode) {
        proxy.cutBefore("COMMIT", 1);

        assertThatThrownBy(() -> run(through(queryMode), TRANSACTION)).isInstanceOf(SQLException.class);

        db.awaitNoSessions();
        assertThat(rows()).isZero();
        assertThat(proxy.executed()).noneMatch(sql -> sql.contains("COMMIT"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended"})
    void cuts_a_client_whose_statements_go_on_in_the_server(String queryMode) {
        proxy.cutWhileRunning("COMMIT", 1);
        try (BackgroundSession holder = BackgroundSession.holding(db, "BEGIN; LOCK TABLE t IN SHARE MODE")) {
            assertThatThrownBy(() -> run(through(queryMode), TRANSACTION)).isInstanceOf(SQLException.class);

            assertThat(holder.queryRows("SELECT count(*) FROM t").get(0)).containsExactly("0");
            assertThat(db.sessions()).hasSize(2);
        }
        db.awaitNoSessions();
        assertThat(rows()).isEqualTo(2);
    }

    @Test
    void counts_executions_of_statements_prepared_earlier() throws SQLException {
        proxy.dropAnswerOf("INSERT", 12);
        try (Connection connection = db.dataSource(proxy).getConnection();
                PreparedStatement statement = connection.prepareStatement("INSERT INTO t VALUES (?)")) {
            for (int n = 1; n <= 11; n++) {
                statement.setInt(1, n);
                statement.executeUpdate();
            }
            statement.setInt(1, 12);
            assertThatThrownBy(statement::executeUpdate).isInstanceOf(SQLException.class);
        }
        assertThat(rows()).isEqualTo(12);
    }

    @Test
    void a_pause_stops_the_line_and_does_not_cut_it() throws SQLException {
        try (Connection connection = db.dataSource(proxy).getConnection();
                Statement statement = connection.createStatement()) {
            proxy.pause();
            CompletableFuture<Integer> insert = CompletableFuture.supplyAsync(() -> {
                try {
                    return statement.executeUpdate("INSERT INTO t VALUES (1)");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            proxy.awaitHeldUp();
            assertThat(proxy.executed()).noneMatch(sql -> sql.contains("INSERT"));
            assertThat(rows()).isZero();

            proxy.resume();

            assertThat(insert.join()).isOne();
        }
        assertThat(rows()).isOne();
    }

    @Test
    void a_cut_ends_what_is_open_and_lets_new_ones_in() throws SQLException {
        try (Connection connection = db.dataSource(proxy).getConnection();
                Statement statement = connection.createStatement()) {
            proxy.cut();
            assertThatThrownBy(() -> statement.execute("SELECT 1")).isInstanceOf(SQLException.class);
        }
        run(db.dataSource(proxy), "INSERT INTO t VALUES (1)");
        assertThat(rows()).isOne();
    }

    @Test
    void a_closed_proxy_refuses_clients() {
        proxy.close();

        assertThatThrownBy(() -> run(db.dataSource(proxy), "SELECT 1")).isInstanceOf(SQLException.class);
    }

    @Test
    void a_cancel_request_passes() throws SQLException {
        try (Connection connection = db.dataSource(proxy).getConnection();
                Statement statement = connection.createStatement();
                BackgroundSession holder = BackgroundSession.holding(db, "BEGIN; LOCK TABLE t")) {
            CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> {
                try {
                    return statement.execute("SELECT * FROM t");
                } catch (SQLException e) {
                    throw new IllegalStateException(e.getSQLState(), e);
                }
            });
            holder.awaitBlocking();

            statement.cancel();

            assertThatThrownBy(waiting::join).hasRootCauseMessage("ERROR: canceling statement due to user request");
        }
    }
}
