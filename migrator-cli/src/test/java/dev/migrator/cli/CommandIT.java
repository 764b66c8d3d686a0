package dev.migrator.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.migrator.pg.ApplicationInstance;
import dev.migrator.pg.InstanceSettings;
import dev.migrator.pg.PostgresMigrator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command end to end: every subcommand, every exit code, and bad input of each kind. */
class CommandIT {
    private static final String RENAME =
            """
            description: users.name becomes users.full_name
            operations:
              - renameColumn: { table: users, column: name, to: full_name }
            """;

    @TempDir
    Path folder;

    private CommandSite site;
    private Command command;

    @BeforeEach
    void open() {
        site = CommandSite.in(
                folder,
                "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL)",
                "INSERT INTO users SELECT g, 'user ' || g FROM generate_series(1, 1000) g");
        command = site.command().file("0001_rename.yaml", RENAME);
    }

    @AfterEach
    void close() {
        site.close();
    }

    /** A script must not take half of an answer for a whole one. */
    @Test
    void outputThatCannotBeWrittenIsNoSuccess() throws IOException, InterruptedException {
        Path full = Path.of("/dev/full");
        assumeThat(full).exists();
        ProcessBuilder builder = new ProcessBuilder(Command.line("status", "--json")).directory(folder.toFile());
        builder.environment().put("MIGRATOR_URL", site.database().url());
        builder.environment().put("MIGRATOR_USER", site.database().user());
        builder.environment().put("MIGRATOR_PASSWORD", site.database().password());
        Process process = builder.redirectOutput(full.toFile()).start();
        String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(said).contains("could not be written");
    }

    @Test
    void statementsThatAreNoSqlAreRefusedBeforeAnythingIsChanged() {
        command.file("0002_slip.yaml", "operations:\n  - sql: { expand: \"CREATE TABLE a (id int); selec 1\" }\n");
        Command.Result plan = command.run("plan", "0002_slip");
        assertThat(plan.code()).isEqualTo(1);
        assertThat(plan.err())
                .contains("0002_slip.yaml:2:", "operations[0].sql.expand", "syntax error at or near \"selec\"");
    }

    @Test
    void aSessionThatMayOnlyReadIsCalledThat() {
        site.database()
                .executeAsSuperuser(
                        "ALTER ROLE \"" + site.database().user() + "\" SET default_transaction_read_only = on");
        for (String asked : List.of("plan", "migrate")) {
            Command.Result result = command.run(asked);
            assertThat(result.code()).isEqualTo(1);
            assertThat(result.err()).as(asked).contains("read-only").doesNotContain("GRANT");
        }
    }

    @Test
    void aMigrationGoesAllTheWayAndEveryCommandTellsOfIt() {
        Command.Result plan = command.run("plan");
        assertThat(plan.code()).isZero();
        assertThat(plan.out())
                .contains("ADD COLUMN \"full_name\" text", "ACCESS EXCLUSIVE", "blocks reads and writes", "PURGE");
        assertThat(site.database().queryStrings("SELECT nspname FROM pg_namespace WHERE nspname = 'migrator'"))
                .as("plan changes nothing")
                .isEmpty();

        Command.Result waiting = command.run("migrate");
        assertThat(waiting.code()).isEqualTo(3);
        assertThat(waiting.out()).contains("0001_rename: waits before CONTRACT", "approval: nobody has approved");
        assertThat(waiting.err()).contains("BACKFILL COMPLETE").doesNotContain("\u001b");

        JsonNode status = command.run("status", "--json").json();
        assertThat(status.isArray()).isTrue();
        JsonNode first = status.get(0);
        for (String key : List.of(
                "id",
                "phase",
                "status",
                "error",
                "waiting",
                "backfill",
                "updatedAt",
                "direction",
                "rollback",
                "target")) {
            assertThat(first.has(key)).as(key).isTrue();
        }
        assertThat(first.get("status").asText()).isEqualTo("WAITING");
        assertThat(first.get("waiting").findValuesAsText("gate")).containsExactly("releases", "approval");
        assertThat(first.get("gates").findValuesAsText("verdict")).containsExactly("WAIT", "WAIT");
        assertThat(first.get("backfill").get("rows").asLong()).isEqualTo(1000);
        assertThat(first.get("rollback").get("possible").asBoolean()).isTrue();

        assertThat(command.run("verify", "0001_rename").code()).isZero();
        assertThat(command.run("approve", "0001_rename", "CONTRACT", "--by", "ann", "--reason", "old release is gone")
                        .code())
                .isZero();
        assertThat(command.run("migrate").code()).isEqualTo(3);
        assertThat(command.run("verify", "0001_rename").code()).isZero();
        command.run("approve", "0001_rename", "purge", "--by", "ann", "--reason", "soaked");
        assertThat(command.run("migrate").code()).isZero();
        assertThat(site.columns("users")).containsExactly("full_name", "id");

        JsonNode history = command.run("history", "0001_rename", "--json").json();
        assertThat(history.findValuesAsText("event")).contains("started", "approved", "phase-complete");
        assertThat(history.get(0).get("actor").asText())
                .isEqualTo(site.database().user());
        assertThat(command.run("migrate").code()).as("nothing left to do").isZero();
    }

    @Test
    void aRollbackBringsTheOldShapeBackAndIsNotUndoneByAPlainMigrate() {
        command.file("0001_rename.yaml", RENAME + "gates: { contract: [] }\n");
        assertThat(command.run("migrate").code()).isEqualTo(3);
        site.database().execute("UPDATE users SET full_name = 'new' WHERE id = 1");
        assertThat(command.run("rollback", "0001_rename").code()).isZero();
        assertThat(site.database().queryString("SELECT name FROM users WHERE id = 1"))
                .isEqualTo("new");
        Command.Result plain = command.run("migrate");
        assertThat(plain.code()).isZero();
        assertThat(plain.out()).contains("was rolled back");
        assertThat(command.run("migrate", "0001_rename", "--to", "EXPAND").code())
                .isZero();
    }

    @Test
    void rowsThatDifferAreNamedByVerify() {
        command.run("migrate");
        site.database()
                .execute(
                        "ALTER TABLE users DISABLE TRIGGER USER",
                        "UPDATE users SET name = 'past the triggers' WHERE id = 77");
        Command.Result verify = command.run("verify", "0001_rename");
        assertThat(verify.code()).isEqualTo(1);
        assertThat(verify.out()).contains("77");
    }

    @Test
    void aPausedMigrationStopsAndGoesOn() {
        assertThat(command.run("pause", "0001_rename").code()).isZero();
        assertThat(command.run("migrate").code()).isEqualTo(4);
        assertThat(command.run("status").out()).contains("PAUSED");
        assertThat(command.run("resume", "0001_rename").code()).isZero();
        assertThat(command.run("migrate").code()).isEqualTo(3);
    }

    @Test
    void aChangedFileIsAnErrorThatSaysWhatChanged() {
        command.run("migrate", "--to", "EXPAND");
        command.file("0001_rename.yaml", RENAME.replace("to: full_name", "to: fullname"));
        Command.Result changed = command.run("migrate");
        assertThat(changed.code()).isEqualTo(1);
        assertThat(changed.err()).contains("full_name", "fullname", "Restore the file");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "operations:\n  - renameColumn: { table: users, colum: name, to: full_name }\n",
                "operations: { renameColumn: { table: users, column: name, to: full_name } }\n",
                "operations: []\n",
                "operations:\n  - renameColumn: { table: users, column: [ name ], to: full_name }\n",
                "operations:\n  - renameColum: { table: users, column: name, to: full_name }\n",
                "operations: [\n"
            })
    void aWrongFileIsWrongUsageAndNamesThePlace(String text) {
        command.file("0001_rename.yaml", text);
        Command.Result result = command.run("migrate");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("0001_rename.yaml:");
    }

    @Test
    void aTypoInAnExpressionPointsAtItsKey() {
        command.file(
                "0001_rename.yaml",
                """
                operations:
                  - changeType:
                      table: users
                      column: name
                      type: int
                      to: number
                      up: "nmae::int"
                """);
        Command.Result result = command.run("migrate");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err())
                .contains("0001_rename.yaml:7:", "operations[0].changeType.up", "column \"nmae\" does not exist");
        assertThat(site.columns("users")).containsExactly("id", "name");
    }

    @Test
    void aMissingTableIsRefusedBeforeAnythingIsChanged() {
        command.file("0001_rename.yaml", RENAME.replace("users", "user"));
        Command.Result result = command.run("migrate");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("there is no table \"public\".\"user\"", "users");
    }

    @Test
    void twoFilesWhoseNamesDifferOnlyInCaseAreAnError() {
        command.file("0001_RENAME.yaml", RENAME);
        assertThat(command.run("status").code()).isEqualTo(2);
    }

    @Test
    void wrongUsageIsToldWithTheWayOut() throws IOException {
        assertThat(command.run().code()).isEqualTo(2);
        assertThat(command.run("migrat").err()).contains("migrate");
        assertThat(command.run("migrate", "--to", "SIDEWAYS").code()).isEqualTo(2);
        assertThat(command.run("migrate", "0009_unknown").code()).isEqualTo(2);
        assertThat(command.run("approve", "0001_rename").code()).isEqualTo(2);
        assertThat(command.run("status", "--migrations", "nowhere").code()).isEqualTo(2);
        Files.write(folder.resolve("db/migrator/0002_bytes.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThat(command.run("status").code()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plan",
                "migrate",
                "status",
                "approve",
                "pause",
                "resume",
                "rollback",
                "verify",
                "history",
                "instances"
            })
    void everyCommandHelps(String name) {
        Command.Result help = command.run(name, "--help");
        assertThat(help.code()).isZero();
        assertThat(help.out()).contains("Usage: migrator " + name);
    }

    @Test
    void noServerAndAWrongUserAreToldQuickly() {
        Command.Result noServer = command.run("--url", "jdbc:postgresql://127.0.0.1:1/none", "status");
        assertThat(noServer.code()).isEqualTo(1);
        assertThat(noServer.err()).contains("127.0.0.1:1");
        Command.Result wrongUser = command.run("--user", "nobody_at_all", "status");
        assertThat(wrongUser.code()).isEqualTo(1);
        assertThat(wrongUser.err()).contains("nobody_at_all");
    }

    @Test
    void aStateSchemaOfANewerVersionStopsMigrate() {
        command.run("migrate", "--to", "EXPAND");
        site.database()
                .execute(
                        "CREATE OR REPLACE FUNCTION migrator.state_version() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL"
                                + " SAFE AS 'SELECT 99'");
        Command.Result result = command.run("migrate");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("99");
    }

    @Test
    void liveInstancesAreToldAndKeepContractShut() {
        command.run("migrate", "--to", "VALIDATE");
        assertThat(command.run("instances").out()).contains("No instance is registered");
        PostgresMigrator application = PostgresMigrator.builder(site.database().dataSource())
                .release("1.0")
                .build();
        try (ApplicationInstance instance = application.register(InstanceSettings.defaults())) {
            assertThat(command.run("instances").out()).contains(instance.id(), "release 1.0", "knows no migration");
            JsonNode json = command.run("instances", "--json").json();
            assertThat(json.get(0).get("id").asText()).isEqualTo(instance.id());
            assertThat(json.get(0).get("migrations").isEmpty()).isTrue();
            command.run("approve", "0001_rename", "CONTRACT", "--by", "ann", "--reason", "go");
            Command.Result shut = command.run("migrate");
            assertThat(shut.code()).isEqualTo(3);
            assertThat(shut.out()).contains(instance.id() + " (release 1.0) does not know the migration");
            assertThat(command.run("status").out()).contains("gate approval is open: approved by ann");
        }
        assertThat(command.run("instances", "--json").json().isEmpty()).isTrue();
        assertThat(command.run("migrate", "--to", "CONTRACT").code()).isZero();
    }
}
