package dev.migrator.maven;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds of no project, and of several at once. */
class OtherBuildsIT {

    @TempDir
    Path folder;

    private static TestDatabase database() {
        TestDatabase database = PostgresServer.shared().createDatabase();
        database.execute("CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL)");
        return database;
    }

    @Test
    void noProjectIsNeeded() {
        try (TestDatabase database = database()) {
            Build build = new Build(folder).with(database).file("changes/0001_rename.yaml", GoalsIT.RENAME);
            Build.Result result = build.run(
                    Build.PLUGIN + ":help",
                    Build.PLUGIN + ":migrate",
                    Build.PLUGIN + ":status",
                    "-Ddetail",
                    "-Dmigrator.migrations=changes",
                    "-Dmigrator.to=EXPAND");
            assertThat(result.code()).as(result.log()).isZero();
            assertThat(result.log())
                    .contains(
                            "This plugin has 10 goals:", "migrator:rollback", "User property: migrator.failWhenWaiting")
                    .contains("0001_rename: EXPAND is complete");
        }
    }

    @Test
    void modulesOfOneBuildMigrateTheirDatabasesAtTheSameTime() {
        try (TestDatabase one = database();
                TestDatabase two = database()) {
            Build build = new Build(folder)
                    .with("MIGRATOR_PASSWORD", "")
                    .file("pom.xml", Poms.parent(Poms.plugin(""), "one", "two"))
                    .file("one/pom.xml", Poms.module("one", Poms.bound("migrate", connection(one))))
                    .file("two/pom.xml", Poms.module("two", Poms.bound("migrate", connection(two))))
                    .file("one/db/migrator/0001_rename.yaml", GoalsIT.RENAME)
                    .file("two/db/migrator/0001_rename.yaml", GoalsIT.RENAME);
            Build.Result result = build.run("-T2", "validate");
            assertThat(result.code()).as(result.log()).isZero();
            assertThat(result.log()).doesNotContain("not marked @threadSafe");
            for (TestDatabase database : new TestDatabase[] {one, two}) {
                assertThat(database.queryStrings("SELECT phase FROM migrator.migration"))
                        .containsExactly("VALIDATE");
            }
        }
    }

    private static String connection(TestDatabase database) {
        return "<url>%s</url><user>%s</user><to>VALIDATE</to>".formatted(database.url(), database.user());
    }
}
