package dev.migrator.maven;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The goal verify, which has a server of its own. */
class VerifyIT {
    private static final String RETYPE =
            "operations:\n  - changeType: { table: places, column: lat, type: double precision, to: latitude }\n";

    @TempDir
    Path folder;

    private Build build(String configuration) {
        return new Build(folder)
                .project(configuration)
                .file("db/flyway/V1__users.sql", "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL);")
                .file("db/schema.sql", "CREATE TABLE places (id int PRIMARY KEY, lat text NOT NULL);")
                .file("db/migrator/0001_rename.yaml", GoalsIT.RENAME);
    }

    @Test
    void goodMigrationsComeThrough() {
        String configuration =
                """
                <flyway>db/flyway</flyway><sql>db/schema.sql</sql><rows>20</rows>
                <values><places.lat>(random() * 90)::text</places.lat></values>
                """;
        Build.Result good = build(configuration)
                .file("db/migrator/0002_retype.yaml", RETYPE)
                .run("migrator:verify");
        assertThat(good.code()).as(good.log()).isZero();
        assertThat(good.log())
                .contains("0001_rename: good, with made-up rows {\"public\".\"users\"=20}")
                .contains("0002_retype: good, with made-up rows {\"public\".\"places\"=20}");
    }

    @Test
    void whatDoesNotComeThroughBreaksTheBuild() {
        Build project = build("<flyway>db/flyway</flyway><sql>db/schema.sql</sql>");
        Build.Result bad = project.file("db/migrator/0002_retype.yaml", RETYPE).run("migrator:verify");
        assertThat(bad.code()).isNotZero();
        assertThat(bad.log())
                .contains("0001_rename: good")
                .contains("0002_retype: 1 problems")
                .contains("does not come to BACKFILL")
                .contains("1 of the migrations in ", "MojoFailureException");
        Build.Result unknown = project.run("migrator:verify", "-Dmigrator.ids=0003_none");
        assertThat(unknown.log()).contains("There is no migration 0003_none in ", "0001_rename, 0002_retype");
        Build.Result broken = project.file("db/schema.sql", "CREATE TABLE places (\n  id integr);")
                .run("migrator:verify");
        assertThat(broken.code()).isNotZero();
        assertThat(broken.log()).contains("The base schema does not apply: ", "schema.sql:2: ERROR 42704");
    }
}
