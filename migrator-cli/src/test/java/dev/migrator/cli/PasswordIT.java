package dev.migrator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Passwords, against a server that asks for them. */
class PasswordIT {
    private static PostgresServer server;
    private static TestDatabase database;

    @TempDir
    Path folder;

    private Command command;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.builder().start();
        database = server.createDatabase();
        database.executeAsSuperuser(
                """
                DO $$ BEGIN EXECUTE format(
                    'COPY (VALUES (''host all postgres all trust''), (''host all all all scram-sha-256'')) TO %L',
                    current_setting('hba_file'));
                END $$""",
                "SELECT pg_reload_conf()");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void prepare() {
        command = new Command(folder, database)
                .file("0001_users.yaml", "operations:\n  - addColumn: { table: users, column: name, type: text }\n");
    }

    @Test
    void aWrongPasswordIsAFailureThatDoesNotShowIt() {
        Command.Result result = command.with("MIGRATOR_PASSWORD", "wrong-horse").run("status");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err())
                .contains(
                        server.host() + ":" + server.port(),
                        database.name(),
                        database.user(),
                        "28P01",
                        "MIGRATOR_PASSWORD")
                .doesNotContain("wrong-horse");
        assertThat(result.out()).isEmpty();
    }

    @Test
    void aPasswordInTheUrlIsNeverShown() {
        Command.Result result = command.with("MIGRATOR_PASSWORD", "")
                .run("--verbose", "--url", database.url() + "?password=wrong-horse", "status");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err() + result.out()).doesNotContain("wrong-horse");
    }

    @Test
    void noPasswordIsToldAsSuch() {
        Command.Result result = command.with("MIGRATOR_PASSWORD", "")
                .with("PGPASSFILE", folder.resolve("none").toString())
                .run("status");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("no password was provided", ".pgpass");
    }

    @Test
    void thePasswordComesFromTheEnvironmentOrFromPgpass() throws IOException {
        assertThat(command.run("status").code()).isZero();
        Path passwords = Files.writeString(
                folder.resolve("pgpass"), "*:*:" + database.name() + ":*:" + database.password() + "\n");
        Files.setPosixFilePermissions(passwords, PosixFilePermissions.fromString("rw-------"));
        Command.Result result = command.with("MIGRATOR_PASSWORD", "")
                .with("PGPASSFILE", passwords.toString())
                .run("status");
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
    }
}
