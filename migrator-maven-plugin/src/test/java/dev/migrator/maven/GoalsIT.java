package dev.migrator.maven;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each goal in a project that has the plugin, against a real server. */
class GoalsIT {
    static final String RENAME =
            """
            description: users.name becomes users.full_name
            operations:
              - renameColumn: { table: users, column: name, to: full_name }
            """;

    @TempDir
    Path folder;

    private TestDatabase database;
    private Build build;

    @BeforeEach
    void open() {
        database = PostgresServer.shared().createDatabase();
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL)",
                "INSERT INTO users SELECT g, 'user ' || g FROM generate_series(1, 100) g");
        build = new Build(folder).with(database).project("").file("db/migrator/0001_rename.yaml", RENAME);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private List<String> columns() {
        return database.queryStrings(
                "SELECT attname FROM pg_attribute WHERE attrelid = 'users'::regclass AND attnum > 0"
                        + " AND NOT attisdropped AND attname !~ '^mg_' ORDER BY 1");
    }

    @Test
    void migrateWaitsAtTheGateUntilSomebodyApproves() {
        Build.Result waits = build.run("migrator:plan", "migrator:migrate", "migrator:status");
        assertThat(waits.code()).as(waits.log()).isZero();
        assertThat(waits.log())
                .contains("ACCESS EXCLUSIVE on \"public\".\"users\"")
                .contains("[INFO] 0001_rename: waits before CONTRACT")
                .contains("mvn migrator:approve -Dmigrator.id=0001_rename -Dmigrator.phase=contract -Dmigrator.by=NAME")
                .contains("[INFO] Not done, but waiting at a gate; the build goes on")
                .doesNotContain("--by");

        Build.Result fails = build.run("migrator:migrate", "-Dmigrator.failWhenWaiting");
        assertThat(fails.code()).as(fails.log()).isNotZero();
        assertThat(fails.log())
                .contains("Not done, but waiting at a gate (failWhenWaiting is true):")
                .contains("MojoFailureException");

        Build.Result goesOn = build.run(
                "migrator:approve",
                "migrator:migrate",
                "migrator:history",
                "-Dmigrator.id=0001_rename",
                "-Dmigrator.phase=CONTRACT",
                "-Dmigrator.by=ann",
                "-Dmigrator.reason=no old release is left",
                "-Dmigrator.to=contract",
                "-Dmigrator.failWhenWaiting");
        assertThat(goesOn.code()).as(goesOn.log()).isZero();
        assertThat(goesOn.log()).contains("[INFO] 0001_rename: CONTRACT is approved by ann", "no old release is left");
        assertThat(columns()).containsExactly("full_name", "id");
    }

    @Test
    void reportsForProgramsAreJsonAndNothingElse() throws IOException {
        String execution =
                """
                <executions>
                  <execution>
                    <id>into-a-file</id>
                    <configuration><outputFile>target/status.json</outputFile></configuration>
                  </execution>
                </executions>
                """;
        build.file("pom.xml", Poms.project("app", Poms.plugin(execution)));
        Build.Result result = build.run(
                "-q",
                "migrator:migrate",
                "migrator:status",
                "migrator:history",
                "migrator:status@into-a-file",
                "-Dmigrator.to=EXPAND",
                "-Dmigrator.json",
                "-Dmigrator.id=0001_rename",
                "-Dmigrator.ids=0001_rename");
        ObjectMapper mapper = new ObjectMapper();
        try (JsonParser printed = mapper.createParser(result.log())) {
            JsonNode status = mapper.readTree(printed);
            assertThat(status.get(0).get("phase").asText()).isEqualTo("EXPAND");
            JsonNode history = mapper.readTree(printed);
            assertThat(history.findValuesAsText("actor")).contains(database.user());
            assertThat(printed.nextToken()).isNull();
            assertThat(mapper.readTree(folder.resolve("target/status.json").toFile()))
                    .isEqualTo(status);
        }

        // A report of before stays where there is none to replace it.
        Build.Result failing =
                build.run("-q", "migrator:status@into-a-file", "-Dmigrator.json", "-Dmigrator.ids=0009_none");
        assertThat(failing.code()).as(failing.log()).isNotZero();
        assertThat(folder.resolve("target/status.json")).content().contains("EXPAND");
    }

    @Test
    void aMigrationIsPausedAndResumedAndWalkedBack() {
        String execution =
                "<executions><execution><id>on</id><configuration><to>PURGE</to></configuration></execution></executions>";
        build.file("pom.xml", Poms.project("app", Poms.plugin(execution)));
        Build.Result result = build.run(
                "migrator:migrate",
                "migrator:pause",
                "migrator:migrate@on",
                "migrator:resume",
                "migrator:rollback",
                "-Dmigrator.to=EXPAND",
                "-Dmigrator.id=0001_rename");
        assertThat(result.code()).as(result.log()).isZero();
        assertThat(result.log())
                .contains("0001_rename: is asked to pause; go on with: mvn migrator:resume -Dmigrator.id=0001_rename")
                .contains("0001_rename: is paused at ", "[INFO] Not done, but paused; the build goes on")
                .contains("0001_rename: may go on; run: mvn migrator:migrate -Dmigrator.ids=0001_rename");
        Build.Result back = build.run("migrator:rollback", "-Dmigrator.id=0001_rename");
        assertThat(back.code()).as(back.log()).isZero();
        assertThat(back.log()).contains("0001_rename: is rolled back to before EXPAND");
        assertThat(columns()).containsExactly("id", "name");
    }

    @Test
    void aWrongFileIsToldWithItsPlace() {
        build.file("db/migrator/0001_rename.yaml", RENAME.replace("column:", "colum:"));
        Build.Result wrong = build.run("migrator:migrate");
        assertThat(wrong.code()).isNotZero();
        assertThat(wrong.log()).contains("0001_rename.yaml:3:35", "colum", "MojoFailureException");
    }

    @Test
    void aRefusedPlanIsTheUsersToSolve() {
        build.file("db/migrator/0001_rename.yaml", RENAME.replace("users", "user"));
        for (String goal : List.of("migrator:plan", "migrator:migrate")) {
            Build.Result refused = build.run(goal);
            assertThat(refused.code()).isNotZero();
            assertThat(refused.log()).contains("there is no table \"public\".\"user\"", "MojoFailureException");
        }
    }

    @Test
    void aFailedMigrationBreaksTheBuild() {
        build.file(
                "db/migrator/0001_rename.yaml",
                "operations:\n  - changeType: { table: users, column: name, type: int, to: number, up: \"name::int\" }\n");
        Build.Result failed = build.run("migrator:migrate");
        assertThat(failed.code()).isNotZero();
        assertThat(failed.log()).contains("100 rows", "MojoExecutionException");
    }

    @Test
    void whatIsMissingIsNamed() {
        Build.Result noServer = build.run("migrator:status", "-Dmigrator.url=jdbc:postgresql://127.0.0.1:1/none");
        assertThat(noServer.code()).isNotZero();
        assertThat(noServer.log()).contains("127.0.0.1:1", "MojoExecutionException");
        Build.Result noId = build.run("migrator:pause");
        assertThat(noId.code()).isNotZero();
        assertThat(noId.log()).contains("The parameter id is missing", "-Dmigrator.id=", "MojoFailureException");
    }

    @Test
    void aGoalCanBeSkipped() {
        Build.Result skipped = build.project("<skip>true</skip><url>jdbc:postgresql://127.0.0.1:1/none</url>")
                .run("migrator:migrate");
        assertThat(skipped.code()).as(skipped.log()).isZero();
        assertThat(skipped.log()).contains("Skipped");
    }
}
