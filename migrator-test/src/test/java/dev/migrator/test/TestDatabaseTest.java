package dev.migrator.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TestDatabaseTest {

    private final TestDatabase db = PostgresServer.shared().createDatabase();

    @AfterEach
    void drop() {
        db.close();
    }

    @Test
    void its_owner_is_no_superuser_and_owns_the_public_schema() {
        assertThat(db.queryRows("SELECT rolname, rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user"))
                .containsExactly(List.of(db.user(), "f", "f"));
        assertThat(db.queryString("SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'public'"))
                .isEqualTo(db.user());
        assertThat(db.queryBoolean(
                        "SELECT pg_get_userbyid(datdba) = current_user FROM pg_database WHERE datname = ?", db.name()))
                .isTrue();
    }

    @Test
    void its_url_works_with_its_user() throws SQLException {
        try (Connection connection = DriverManager.getConnection(db.url(), db.user(), db.password())) {
            assertThat(connection.getCatalog()).isEqualTo(db.name());
        }
    }

    @Test
    void helpers_return_text_and_say_what_failed() {
        db.execute("CREATE TABLE t (n int, s text)", "INSERT INTO t VALUES (1, NULL), (2, 'x')");

        assertThat(db.queryRows("SELECT n, s FROM t WHERE n > ? ORDER BY n", 0))
                .containsExactly(List.of("1", "<null>"), List.of("2", "x"));
        assertThat(db.queryLong("SELECT count(*) FROM t")).isEqualTo(2);
        assertThatThrownBy(() -> db.execute("SELECT * FROM nowhere"))
                .isInstanceOfSatisfying(
                        SqlFailure.class, e -> assertThat(e.sqlState()).isEqualTo("42P01"))
                .hasMessageContaining("SELECT * FROM nowhere");
    }

    @Test
    void properties_reach_the_driver() throws SQLException {
        try (Connection connection =
                db.dataSource(Map.of("ApplicationName", "mine")).getConnection()) {
            assertThat(connection.getClientInfo("ApplicationName")).isEqualTo("mine");
        }
        assertThatThrownBy(() -> db.dataSource(Map.of("noSuchProperty", "x"))).hasMessageContaining("noSuchProperty");
    }

    @Test
    void roles_log_in_and_may_have_any_name() throws SQLException {
        String role = db.createRole("we\"ird Näme", "BYPASSRLS");

        try (Connection connection = db.connectAs(role)) {
            assertThat(Sql.queryValue(connection, "SELECT current_user")).isEqualTo(role);
        }
        assertThatThrownBy(() -> db.createRole("x".repeat(60))).hasMessageContaining("63 bytes");
    }

    @Test
    void closes_in_spite_of_sessions_prepared_transactions_and_grants() {
        String reader = db.createRole("reader");
        db.execute(
                "CREATE TABLE t (n int)",
                "GRANT SELECT ON t TO \"%s\"".formatted(reader),
                "BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'left over %s'".formatted(db.name()));
        try (BackgroundSession session = BackgroundSession.holding(db, "BEGIN; LOCK TABLE t IN ACCESS SHARE MODE")) {
            assertThat(db.sessions())
                    .singleElement()
                    .asString()
                    .contains(session.pid() + " migrator-test idle in transaction");
            db.close();
            try (TestDatabase other = PostgresServer.shared().createDatabase()) {
                assertThat(other.queryLong("SELECT count(*) FROM pg_database WHERE datname = ?", db.name()))
                        .isZero();
                assertThat(other.queryLong("SELECT count(*) FROM pg_roles WHERE rolname IN (?, ?)", db.user(), reader))
                        .isZero();
            }
        }
    }
}
