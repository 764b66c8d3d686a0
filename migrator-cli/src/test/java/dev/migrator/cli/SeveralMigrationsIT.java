package dev.migrator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders with more than one migration, and with files that can't be used. */
class SeveralMigrationsIT {
    private static final String BROKEN = "operations: [\n";

    @TempDir
    Path folder;

    private static final String RENAME =
            "operations:\n  - renameColumn: { table: users, column: name, to: full_name }\n";

    private CommandSite site;
    private Command command;

    @BeforeEach
    void open() {
        site = CommandSite.in(
                folder,
                "CREATE TABLE users (id int PRIMARY KEY, name text, age text)",
                "INSERT INTO users VALUES (1, 'ann', '31'), (2, 'bob', 'unknown'), (3, 'cid', '12')",
                "CREATE TABLE orders (id int PRIMARY KEY)");
        command = site.command()
                .file("0001_name.yaml", RENAME)
                .file("0002_nick.yaml", "operations:\n  - addColumn: { table: users, column: nick, type: text }\n")
                .file("0003_note.yaml", "operations:\n  - addColumn: { table: orders, column: note, type: text }\n");
    }

    @AfterEach
    void close() {
        site.close();
    }

    @Test
    void oneOnTheSameTableWaitsForTheEarlierOneAndOneOnAnotherTableDoesNot() {
        Command.Result result = command.run("migrate");
        assertThat(result.code()).isEqualTo(3);
        assertThat(result.out())
                .contains(
                        "0002_nick: waits before EXPAND\n  order: migration 0001_name works on table public.users too");
        JsonNode status = command.run("status", "--json").json();
        assertThat(status.findValuesAsText("id")).containsExactly("0001_name", "0002_nick", "0003_note");
        assertThat(status.get(0).get("phase").asText()).isEqualTo("CONTRACT");
        assertThat(status.get(1).get("phase").asText()).isEqualTo("EXPAND");
        assertThat(status.get(1).get("status").asText()).isEqualTo("PENDING");
        assertThat(status.get(1).get("waiting").get(0).get("gate").asText()).isEqualTo("order");
        assertThat(status.get(2).get("phase").asText()).isEqualTo("CONTRACT");
    }

    @Test
    void anEarlierOneThatHasNotStartedGoesFirst() {
        Command.Result result = command.run("migrate", "0002_nick");
        assertThat(result.code()).isEqualTo(3);
        assertThat(result.out()).contains("0001_name comes first", "migrate 0001_name");
    }

    @Test
    void aFailureStopsTheWalk() {
        command.file("0001_name.yaml", "operations:\n  - renameColumn: { table: users, column: nom, to: full_name }\n");
        Command.Result result = command.run("migrate");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("0001_name", "nothing was changed");
        assertThat(result.out()).doesNotContain("0003_note");
        assertThat(site.columns("orders")).containsExactly("id");
    }

    @Test
    void aBrokenFileStopsEverythingButPauseResumeAndHistory() {
        assertThat(command.run("migrate", "--to", "EXPAND", "0001_name").code()).isZero();
        command.file("0001_name.yaml", BROKEN);
        assertThat(command.run("migrate").code()).isEqualTo(2);
        assertThat(command.run("status").code()).isEqualTo(2);
        assertThat(command.run("pause", "0001_name").code()).isZero();
        assertThat(command.run("resume", "0001_name").code()).isZero();
        assertThat(command.run("history", "0001_name").out()).contains("pause-requested", "resumed");
        Command.Result unknown = command.run("pause", "0002_nick");
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err()).contains("0001_name.yaml:");
        assertThat(command.run("rollback", "0001_name").err()).contains("0001_name.yaml:");
    }

    @Test
    void theWayBackNeedsNoFileButItsOwn() {
        assertThat(command.run("migrate", "--to", "EXPAND", "0001_name").code()).isZero();
        command.file("0002_nick.yaml", BROKEN);
        command.file("0001_name.yaml", BROKEN);
        assertThat(command.run("rollback", "0001_name").code()).isEqualTo(2);
        command.delete("0001_name.yaml");
        assertThat(command.run("rollback", "0001_name").err()).contains("0002_nick.yaml:");
        command.delete("0002_nick.yaml");
        assertThat(command.run("rollback", "0001_name").err())
                .contains("Migration 0001_name is on record, and its file is not at hand; put it back");
        command.file("0001_name.yaml", RENAME).file("0002_nick.yaml", BROKEN);
        Command.Result back = command.run("rollback", "0001_name");
        assertThat(back.code()).as(back.err()).isZero();
        assertThat(back.out()).contains("is rolled back to before EXPAND");
    }

    @Test
    void aRowThatCannotBeConvertedIsNamedByStatus() {
        command.file(
                "0001_name.yaml",
                """
                operations:
                  - changeType: { table: users, column: age, type: int, to: years, up: "age::int", down: "years::text" }
                """);
        Command.Result result = command.run("migrate", "0001_name");
        assertThat(result.code()).as(result.out() + result.err()).isEqualTo(1);
        JsonNode status = command.run("status", "--json", "0001_name").json().get(0);
        assertThat(status.get("status").asText()).isEqualTo("FAILED");
        assertThat(status.get("error").asText()).isNotBlank();
        assertThat(status.get("backfill").get("failedRows").asLong()).isEqualTo(1);
        assertThat(command.run("status").out()).contains("failed row", "2", "22P02");
    }

    @Test
    void aPlanOfOneThatHasStartedIsTheRecordedOne() {
        command.run("migrate", "--to", "BACKFILL", "0001_name");
        Command.Result plan = command.run("plan", "0001_name");
        assertThat(plan.code()).isZero();
        assertThat(plan.out()).contains("0001_name stands at BACKFILL COMPLETE", "ADD COLUMN \"full_name\"");
    }
}
