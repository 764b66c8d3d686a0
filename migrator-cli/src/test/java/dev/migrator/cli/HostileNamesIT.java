package dev.migrator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names come through files, errors and JSON as they are. */
class HostileNamesIT {
    private static final String ID = "0001_it's \"a\"; -- $$ %s %1$s {0} ${x} ?? :y #";
    private static final String TABLE = "it's \"T\" \\ %s 漢字 \uD83D\uDE00 {0} ? -- /*";
    private static final String STATE = "st'ate \"%s\" \uD83D\uDE00";

    @TempDir
    Path folder;

    private static String yaml(String text) {
        StringBuilder yaml = new StringBuilder("\"");
        text.chars().forEach(c -> yaml.append("\\u%04x".formatted(c)));
        return yaml.append('"').toString();
    }

    @Test
    void theCommandBearsThemInEveryAnswer() {
        String table = '"' + TABLE.replace("\"", "\"\"") + '"';
        try (CommandSite site = CommandSite.in(
                folder, "CREATE TABLE " + table + " (id int PRIMARY KEY, name text)", "CREATE TABLE other (id int)")) {
            Command command = site.command()
                    .file(
                            ID + ".yaml",
                            "operations:\n  - renameColumn: { table: %s, column: name, to: %s }\n"
                                    .formatted(yaml(TABLE), yaml("new " + TABLE)));
            assertThat(command.run("--state-schema", STATE, "plan").out()).contains(ID, table);
            Command.Result migrated = command.run("--state-schema", STATE, "migrate", ID, "--to", "VALIDATE");
            assertThat(migrated.code()).as(migrated.err()).isZero();
            site.database().execute("ALTER TABLE " + table + " RENAME TO gone");
            Command.Result failed = command.run("--state-schema", STATE, "migrate", ID, "--to", "PURGE");
            assertThat(failed.code()).as(failed.err()).isIn(1, 3);
            command.run("--state-schema", STATE, "approve", ID, "CONTRACT", "--by", TABLE, "--reason", STATE);
            Command.Result stopped = command.run("--state-schema", STATE, "migrate", ID, "--to", "CONTRACT");
            assertThat(stopped.code()).as(stopped.err()).isEqualTo(1);
            assertThat(stopped.err()).contains("Migration " + ID, "no table \"public\"." + table);
            JsonNode status = command.run("--state-schema", STATE, "status", "--json")
                    .json()
                    .get(0);
            assertThat(status.get("id").asText()).isEqualTo(ID);
            assertThat(status.get("error").asText()).contains("no table \"public\"." + table);
            assertThat(command.run("--state-schema", STATE, "history", ID, "--json")
                            .json()
                            .toString())
                    .contains("CONTRACT");
            site.database().execute("ALTER TABLE gone RENAME TO " + table);
            assertThat(command.run("--state-schema", STATE, "migrate", ID, "--to", "CONTRACT")
                            .code())
                    .isZero();
            assertThat(site.columns("public." + table)).contains("new " + TABLE);
            assertThat(command.run("--state-schema", STATE, "rollback", ID).code())
                    .isZero();
            assertThat(site.columns("public." + table)).containsExactly("id", "name");
        }
    }
}
