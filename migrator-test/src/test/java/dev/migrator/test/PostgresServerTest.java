package dev.migrator.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.migrator.test.internal.Processes;
import dev.migrator.test.internal.Waiting;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresServerTest {

    @Test
    void shares_one_server_in_a_jvm_that_close_leaves_running() {
        PostgresServer server = PostgresServer.shared();
        server.close();

        assertThat(PostgresServer.shared()).isSameAs(server);
        try (TestDatabase db = server.createDatabase()) {
            assertThat(db.queryLong("SELECT 1")).isOne();
            assertThat(db.queryString("SHOW max_prepared_transactions")).isNotEqualTo("0");
            assertThat(db.queryString("SHOW synchronous_commit")).isEqualTo("on");
        }
    }

    @Test
    void does_not_crash_a_server_that_others_use() {
        assertThatThrownBy(() -> PostgresServer.shared().crash()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void starts_with_settings_survives_a_crash_and_leaves_nothing_behind() throws IOException {
        PostgresServer server = PostgresServer.builder()
                .logicalReplication()
                .setting("deadlock_timeout", "123ms")
                .setting("cluster_name", "it's a test")
                .start();
        long pid = server.pid().orElseThrow();
        try (TestDatabase db = server.createDatabase()) {
            assertThat(db.queryString("SHOW wal_level")).isEqualTo("logical");
            assertThat(db.queryString("SHOW deadlock_timeout")).isEqualTo("123ms");
            assertThat(db.queryString("SHOW cluster_name")).isEqualTo("it's a test");
            db.execute("CREATE TABLE kept AS SELECT 7 AS n");
            try (BackgroundSession session = BackgroundSession.holding(db, "BEGIN; DELETE FROM kept")) {
                server.crash();
                assertThatThrownBy(() -> session.execute("SELECT 1")).isInstanceOf(SqlFailure.class);
            }
            assertThat(db.queryLong("SELECT n FROM kept")).isEqualTo(7);
        } finally {
            server.close();
        }
        assertThat(Processes.isRunning(pid)).isFalse();
        assertThat(Files.readString(server.logFile().orElseThrow())).contains("database system is shut down");
        assertThat(dataDirectory(server)).doesNotExist();
    }

    @Test
    void a_killed_jvm_leaves_no_server_behind() throws IOException, InterruptedException {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ServerStarter.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8))) {
            long pid = Long.parseLong(output.readLine());
            Path dataDirectory = Path.of(output.readLine());
            assertThat(Processes.isRunning(pid)).isTrue();

            jvm.destroyForcibly().waitFor();

            Waiting.until(Duration.ofSeconds(30), () -> "server " + pid + " runs on", () -> !Processes.isRunning(pid));
            Waiting.until(Duration.ofSeconds(30), () -> dataDirectory + " is left", () -> !Files.exists(dataDirectory));
        } finally {
            jvm.destroyForcibly();
        }
    }

    /** What the test above kills. */
    static final class ServerStarter {
        public static void main(String[] arguments) throws InterruptedException {
            PostgresServer server = PostgresServer.shared();
            System.out.println(server.pid().orElseThrow());
            System.out.println(dataDirectory(server));
            Thread.currentThread().join();
        }
    }

    private static Path dataDirectory(PostgresServer server) {
        return Path.of(server.toString().replaceFirst(".* data in ", ""));
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 18})
    void starts_other_major_versions(int major) {
        assumeTrue(PostgresServer.missing(major).isEmpty(), () -> PostgresServer.missing(major)
                .orElseThrow());
        try (PostgresServer server = PostgresServer.start(major);
                TestDatabase db = server.createDatabase()) {
            assertThat(server.majorVersion()).isEqualTo(major);
            db.executeAsSuperuser(SnapshotSchema.STATEMENTS);
            assertThat(db.snapshot("app").lines()).hasSizeGreaterThan(40);
            assertThat(db.snapshot().differences(db.snapshot())).isEmpty();
        }
    }

    @Test
    void a_version_that_is_not_there_says_where_it_was_looked_for() {
        assertThat(PostgresServer.missing(13).orElseThrow()).contains("postgres-binaries", "-Dmigrator.test");
    }

    @Test
    void builder_names_everything_that_is_wrong_at_once() {
        PostgresServerBuilder builder =
                PostgresServer.builder().major(9).setting("wal_level", "x").setting("a b", "on");

        assertThatThrownBy(builder::start)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("PostgreSQL 9", "\"a b\"");
    }

    @Test
    void a_running_server_is_used_by_its_url() throws SQLException {
        PostgresServer first = PostgresServer.shared();
        PostgresServer outside = PostgresServer.at(first.adminUrl());
        try (TestDatabase db = outside.createDatabase()) {
            assertThat(outside.port()).isEqualTo(first.port());
            assertThat(outside.pid()).isEmpty();
            assertThat(db.queryLong("SELECT 1")).isOne();
        }
    }

    @Test
    void databases_are_independent_of_each_other() {
        List<TestDatabase> databases = Stream.generate(PostgresServer.shared()::createDatabase)
                .parallel()
                .limit(4)
                .toList();
        databases.parallelStream().forEach(db -> {
            db.execute("CREATE TABLE t AS SELECT 1 AS n");
            db.createRole("reader");
            assertThat(db.queryStrings("SELECT n FROM t")).containsExactly("1");
        });
        databases.parallelStream().forEach(TestDatabase::close);
        try (TestDatabase last = PostgresServer.shared().createDatabase()) {
            for (TestDatabase db : databases) {
                assertThat(last.queryStrings("SELECT datname FROM pg_database WHERE datname = ?", db.name()))
                        .isEmpty();
                assertThat(last.queryStrings(
                                "SELECT rolname FROM pg_roles WHERE rolname IN (?, ?)", db.user(), "reader"))
                        .isEmpty();
            }
        }
    }
}
