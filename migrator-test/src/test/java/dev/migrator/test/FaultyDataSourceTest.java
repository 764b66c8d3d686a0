package dev.migrator.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.core.BaseConnection;

class FaultyDataSourceTest {

    private final TestDatabase db = PostgresServer.shared().createDatabase();

    @BeforeEach
    void create() {
        db.execute("CREATE TABLE t (n int)");
    }

    @AfterEach
    void drop() {
        db.close();
    }

    /** Five statements: inserts 1, 2 and 3 and commits, then 4 by itself. */
    private static void work(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("INSERT INTO t VALUES (1)");
            }
            try (PreparedStatement statement = connection.prepareStatement("INSERT INTO t VALUES (?)")) {
                statement.setInt(1, 2);
                statement.execute();
                statement.setInt(1, 3);
                statement.addBatch();
                statement.executeBatch();
            }
            connection.commit();
            connection.setAutoCommit(true);
            try (Statement statement = connection.createStatement()) {
                statement.execute("INSERT INTO t VALUES (4)");
            }
        }
    }

    private List<String> rows() {
        return db.queryStrings("SELECT n FROM t ORDER BY n");
    }

    private FaultyDataSource faulty(FaultPlan plan) {
        return FaultyDataSource.over(db.dataSource(), plan);
    }

    @Test
    void counts_and_records_what_is_executed() throws SQLException {
        FaultyDataSource source = faulty(FaultPlan.none());

        work(source);

        assertThat(source.statements())
                .containsExactly(
                        "INSERT INTO t VALUES (1)",
                        "INSERT INTO t VALUES (?)",
                        "INSERT INTO t VALUES (?)",
                        "COMMIT",
                        "INSERT INTO t VALUES (4)");
        assertThat(source.count()).isEqualTo(5);
        assertThat(source.fired()).isTrue();
        assertThat(rows()).containsExactly("1", "2", "3", "4");
    }

    @Test
    void counts_commits_by_set_auto_commit_rollbacks_and_savepoints() throws SQLException {
        FaultyDataSource source = faulty(FaultPlan.none());
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            connection.setAutoCommit(true);
            connection.setAutoCommit(false);
            statement.addBatch("INSERT INTO t VALUES (1)");
            statement.addBatch("INSERT INTO t VALUES (2)");
            statement.executeBatch();
            connection.rollback(connection.setSavepoint());
            connection.setAutoCommit(true);
            connection.setAutoCommit(false);
            connection.rollback();
        }

        assertThat(source.statements())
                .containsExactly(
                        "INSERT INTO t VALUES (1);\nINSERT INTO t VALUES (2)",
                        "SAVEPOINT",
                        "ROLLBACK TO SAVEPOINT",
                        "COMMIT",
                        "ROLLBACK");
        assertThat(rows()).containsExactly("1", "2");
    }

    @Test
    void leaves_out_what_the_predicate_leaves_out() throws SQLException {
        FaultyDataSource source =
                FaultyDataSource.over(db.dataSource(), FaultPlan.crashBefore(1), sql -> sql.equals("COMMIT"));

        assertThatThrownBy(() -> work(source))
                .isInstanceOf(EngineCrash.class)
                .hasMessageContaining("statement 1: COMMIT");
        assertThat(rows()).isEmpty();
        assertThat(source.fired()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void crash_before_a_statement_keeps_it_from_the_server(int n) {
        FaultyDataSource source = faulty(FaultPlan.crashBefore(n));

        assertThatThrownBy(() -> work(source)).isInstanceOf(EngineCrash.class);

        db.awaitNoSessions();
        assertThat(source.fired()).isTrue();
        assertThat(rows()).isEqualTo(n <= 4 ? List.of() : List.of("1", "2", "3"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 5})
    void crash_after_a_statement_lets_the_server_do_it(int n) {
        FaultyDataSource source = faulty(FaultPlan.crashAfter(n));

        assertThatThrownBy(() -> work(source)).isInstanceOf(EngineCrash.class);

        db.awaitNoSessions();
        assertThat(source.fired()).isTrue();
        assertThat(rows())
                .isEqualTo(List.of(List.of(), List.of("1", "2", "3"), List.of("1", "2", "3", "4"))
                        .get(Math.max(0, n - 3)));
    }

    @Test
    void a_crash_kills_every_connection_and_leaves_no_session() throws SQLException {
        FaultyDataSource source = faulty(FaultPlan.crashAfter(3));
        Connection bystander = source.getConnection();
        bystander.setAutoCommit(false);
        Statement open = bystander.createStatement();
        open.execute("INSERT INTO t VALUES (99)");
        ResultSet rows = open.executeQuery("SELECT n FROM t");
        assertThat(db.sessions()).hasSize(1);

        assertThatThrownBy(() -> work(source)).isInstanceOf(EngineCrash.class);

        assertThat(source.crashed()).isTrue();
        assertThatThrownBy(rows::next).isInstanceOf(EngineCrash.class);
        assertThatThrownBy(() -> open.execute("SELECT 1")).isInstanceOf(EngineCrash.class);
        assertThatThrownBy(bystander::commit).isInstanceOf(EngineCrash.class);
        assertThatThrownBy(bystander::getMetaData).isInstanceOf(EngineCrash.class);
        assertThatThrownBy(() -> bystander.isValid(1)).isInstanceOf(EngineCrash.class);
        assertThatThrownBy(source::getConnection).isInstanceOf(EngineCrash.class);
        assertThatCode(bystander::close).doesNotThrowAnyException();
        assertThat(bystander.isClosed()).isTrue();
        db.awaitNoSessions();
        assertThat(rows()).isEmpty();
        assertThat(source.count()).isEqualTo(3);
    }

    @Test
    void a_crash_reaches_a_thread_that_waits_for_the_server() throws SQLException {
        FaultyDataSource source = faulty(FaultPlan.none());
        try (BackgroundSession holder = BackgroundSession.holding(db, "BEGIN; LOCK TABLE t")) {
            CompletableFuture<Void> engine = CompletableFuture.runAsync(() -> {
                try {
                    work(source);
                } catch (SQLException e) {
                    throw new CompletionException(e);
                }
            });
            holder.awaitBlocking();

            source.crash();

            assertThatThrownBy(engine::join).hasCauseInstanceOf(EngineCrash.class);
        }
        db.awaitNoSessions();
        assertThat(rows()).isEmpty();
    }

    @Test
    void a_lost_answer_is_a_commit_that_the_caller_does_not_know_of() {
        FaultyDataSource source = faulty(FaultPlan.loseAnswer(4));

        assertThatThrownBy(() -> work(source))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08006"));

        assertThat(source.fired()).isTrue();
        assertThat(rows()).containsExactly("1", "2", "3");
        assertThatCode(() -> work(source)).doesNotThrowAnyException();
    }

    @Test
    void a_cut_before_a_commit_rolls_back() {
        FaultyDataSource source = faulty(FaultPlan.cutConnectionBefore(4));

        assertThatThrownBy(() -> work(source))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08006"));

        db.awaitNoSessions();
        assertThat(rows()).isEmpty();
    }

    @Test
    void hooks_run_before_and_after_their_statement() throws SQLException {
        List<String> seen = new ArrayList<>();
        FaultyDataSource source = faulty(FaultPlan.onStatement(4, () -> seen.add("before " + rows().size()))
                .and(FaultPlan.afterStatement(4, () -> seen.add("after " + rows().size()))));

        work(source);

        assertThat(seen).containsExactly("before 0", "after 3");
    }

    @Test
    void a_fault_that_never_came_has_not_fired() throws SQLException {
        FaultyDataSource source = faulty(FaultPlan.crashAfter(6));

        work(source);

        assertThat(source.fired()).isFalse();
    }

    @Test
    void a_statement_that_fails_is_counted_and_can_be_crashed_after() {
        FaultyDataSource source = faulty(FaultPlan.crashAfter(1));

        assertThatThrownBy(() -> {
                    try (Connection connection = source.getConnection();
                            Statement statement = connection.createStatement()) {
                        statement.execute("SELECT 1 / 0");
                    }
                })
                .isInstanceOf(EngineCrash.class);
    }

    @Test
    void gives_out_nothing_that_leads_past_the_counting() throws SQLException {
        FaultyDataSource source = faulty(FaultPlan.none());
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            PGConnection pg = connection.unwrap(PGConnection.class);
            assertThat(pg.getBackendPID()).isPositive();
            assertThatThrownBy(pg::getCopyAPI).isInstanceOf(UnsupportedOperationException.class);
            assertThat(connection.isWrapperFor(BaseConnection.class)).isFalse();
            assertThatThrownBy(() -> connection.unwrap(BaseConnection.class)).isInstanceOf(SQLException.class);
            assertThat(statement.getConnection()).isSameAs(connection);
            assertThat(connection.getMetaData().getConnection()).isSameAs(connection);
            try (ResultSet rows = statement.executeQuery("SELECT 1")) {
                assertThat(rows.getStatement()).isSameAs(statement);
            }
        }
    }
}
