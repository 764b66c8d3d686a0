package dev.migrator.maven;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers of {@code settings.xml}, against a database server that asks for passwords. */
class CredentialsIT {
    private static PostgresServer server;
    private static TestDatabase database;

    @TempDir
    Path folder;

    private Build build;

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
        database.execute("CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL)");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void prepare() {
        build = new Build(folder)
                .with("MIGRATOR_URL", database.url())
                .with("PGPASSFILE", folder.resolve("none").toString())
                .project("<serverId>shop</serverId>")
                .file("db/migrator/0001_rename.yaml", GoalsIT.RENAME);
    }

    @Test
    void aServerThatIsMissingIsNamedWithTheWayOut() {
        Build.Result result = build.server("other", "ann", "secret").run("migrator:status");
        assertThat(result.code()).isNotZero();
        assertThat(result.log())
                .contains(
                        "settings.xml has no <server> with the id 'shop'", "MIGRATOR_PASSWORD", "MojoFailureException");
    }

    @Test
    void thePasswordOfAServerIsUsedAndNeverShown() {
        Build.Result result = build.server("shop", database.user(), database.password())
                .run("-X", "migrator:migrate", "migrator:status", "-Dmigrator.to=EXPAND");
        assertThat(result.code()).as(result.log()).isZero();
        assertThat(result.log())
                .contains("0001_rename: EXPAND is complete", "serverId = shop")
                .doesNotContain(database.password());
    }

    @Test
    void aWrongPasswordIsNotShownEither() {
        Build.Result result =
                build.server("shop", database.user(), "wrong-horse").run("-X", "migrator:status");
        assertThat(result.code()).isNotZero();
        assertThat(result.log())
                .contains("28P01", "a server of settings.xml (-Dmigrator.serverId), MIGRATOR_PASSWORD or ~/.pgpass")
                .doesNotContain("wrong-horse");
    }

    @Test
    void anEncryptedPasswordIsDecrypted() {
        Path security = folder.resolve("settings-security.xml");
        build.file(
                "settings-security.xml",
                "<settingsSecurity><master>{k92N/YEij0IHZUFfqFpRlWHiweXhJ0Qy5I7FfII6qxI=}</master></settingsSecurity>");
        String encrypted = build.run("-Dsettings.security=" + security, "--encrypt-password", database.password())
                .log()
                .strip();
        assertThat(encrypted).startsWith("{");
        build.server("shop", database.user(), encrypted);
        Build.Result result = build.run("-X", "-Dsettings.security=" + security, "migrator:status");
        assertThat(result.code()).as(result.log()).isZero();
        assertThat(result.log()).doesNotContain(database.password());

        Build.Result undecrypted = build.run("-Dsettings.security=" + folder.resolve("nowhere.xml"), "migrator:status");
        assertThat(undecrypted.code()).isNotZero();
        assertThat(undecrypted.log()).contains("'shop'", "can't be decrypted", "MojoFailureException");
    }

    @Test
    void aPasswordInTheUrlOfTheEnvironmentIsNotShown() {
        Build.Result result = build.project("")
                .with("MIGRATOR_URL", database.url() + "?user=" + database.user() + "&password=" + database.password())
                .run("-X", "migrator:status", "migrator:migrate", "-Dmigrator.to=EXPAND");
        assertThat(result.code()).as(result.log()).isZero();
        assertThat(result.log()).doesNotContain(database.password());
    }

    @Test
    void aPasswordInTheUrlIsRefused() {
        Build.Result result = build.server("shop", database.user(), database.password())
                .run("migrator:status", "-Dmigrator.url=" + database.url() + "?password=wrong-horse");
        assertThat(result.code()).isNotZero();
        assertThat(result.log())
                .contains("The parameter url holds a password", "MojoFailureException")
                .doesNotContain("wrong-horse");
    }

    @Test
    void aUserInTheUrlIsRefused() {
        Build.Result result = build.server("shop", database.user(), database.password())
                .run("migrator:status", "-Dmigrator.url=" + database.url() + "?user=eve");
        assertThat(result.code()).isNotZero();
        assertThat(result.log()).contains("The parameter url holds a user", "MojoFailureException");
    }
}
