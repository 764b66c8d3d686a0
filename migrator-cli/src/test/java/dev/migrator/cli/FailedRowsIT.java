package dev.migrator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From rows that fail to a migration that goes on, at the command line; and a disk that is too small. */
class FailedRowsIT {
    @TempDir
    Path folder;

    @Test
    void theyAreListedAndTriedAgain() {
        try (CommandSite site = CommandSite.in(
                folder,
                "CREATE TABLE users (id int PRIMARY KEY, code text)",
                "INSERT INTO users SELECT g, CASE g WHEN 7 THEN 'secret' ELSE g::text END FROM generate_series(1, 50) g")) {
            Command command = site.command()
                    .file(
                            "0001_number.yaml",
                            """
                            operations:
                              - changeType: { table: users, column: code, type: int, to: number, up: "code::int", down: "number::text" }
                            backfill: { failedRows: 5, showValues: true }
                            """);
            assertThat(command.run("plan", "--free-space", "1MB").err())
                    .contains("too little room", "1.0 MB are free", "--free-space");
            assertThat(command.run("plan", "--free-space", "much").code()).isEqualTo(2);
            Command.Result planned = command.run("plan", "--free-space", "2.5TB");
            assertThat(planned.out()).contains("takes: about 50 rows", "; 2.5 TB free");

            assertThat(command.run("migrate", "--to", "VALIDATE").code()).isEqualTo(1);
            assertThat(command.run("failed", "0001_number").out()).contains("id=7: ", "secret", "(SQLSTATE 22P02)");
            assertThat(command.run("failed", "0001_number", "--json")
                            .json()
                            .get(0)
                            .get("key")
                            .asText())
                    .isEqualTo("id=7");
            Command.Result vain = command.run("retry", "0001_number");
            assertThat(vain.code()).isEqualTo(1);
            assertThat(vain.out()).contains("0 mended, 1 still fails:", "id=7");

            site.database().execute("UPDATE users SET code = '7' WHERE id = 7");
            Command.Result mended = command.run("retry", "0001_number");
            assertThat(mended.code()).as(mended.err()).isZero();
            assertThat(mended.out()).contains("1 mended, 0 still fail; go on with: migrator migrate 0001_number");
            assertThat(command.run("migrate", "--to", "VALIDATE").code()).isZero();
        }
    }
}
