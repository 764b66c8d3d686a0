package dev.migrator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.test.BackgroundSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever watches the command learns at once for whom it waits. */
class LockWaitIT {
    @TempDir
    Path folder;

    @Test
    void whoIsInTheWayOfALockIsToldWhileItWaits() throws IOException, InterruptedException {
        try (CommandSite site = CommandSite.in(folder, "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL)");
                BackgroundSession reader = BackgroundSession.holding(
                        site.database(), "SET application_name = 'billing'; BEGIN; SELECT count(*) FROM users")) {
            Process process = site.command()
                    .file(
                            "0001_rename.yaml",
                            """
                            operations:
                              - renameColumn: { table: users, column: name, to: full_name }
                            """)
                    .start("migrate", "--to", "EXPAND");
            Path err = folder.resolve("err.txt");
            while (process.isAlive() && !Files.readString(err).contains("waits for")) {
                process.waitFor(100, TimeUnit.MILLISECONDS);
            }
            reader.close();
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).isZero();
            assertThat(Files.readString(err).lines().filter(line -> line.contains("waits for")))
                    .singleElement()
                    .asString()
                    .startsWith("0001_rename:   waits for ACCESS EXCLUSIVE on \"public\".\"users\", in the way: pid "
                            + reader.pid())
                    .contains("application billing", "idle in transaction", "transaction open for");
        }
    }
}
