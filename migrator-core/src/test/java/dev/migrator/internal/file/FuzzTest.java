package dev.migrator.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.migrator.Everything;
import dev.migrator.Migration;
import dev.migrator.MigrationFileException;
import dev.migrator.MigrationFiles;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Whatever a file holds: it is a migration, or a MigrationFileException says why not; nothing else comes out.
 * {@code -Dfuzz.seed=…} repeats a failure.
 */
class FuzzTest {

    private static final int ROUNDS = 4_000;

    private static final String[] PIECES = {
        "operations",
        "addColumn",
        "renameColumn",
        "createIndex",
        "splitColumn",
        "mergeColumns",
        "addForeignKey",
        "sql",
        "changeType",
        "dropColumn",
        "setNotNull",
        "table",
        "column",
        "columns",
        "to",
        "type",
        "up",
        "down",
        "into",
        "name",
        "references",
        "gates",
        "contract",
        "soak",
        "approval",
        "backfill",
        "workers",
        "schema",
        "expand",
        "nullable",
        "identity",
        "expression",
        "24h",
        "true",
        "null",
        "~",
        "1",
        "-1",
        "1e9",
        "0x1F",
        ":",
        ": ",
        ", ",
        "{",
        "}",
        "[",
        "]",
        "- ",
        "\n",
        "\n  ",
        "\n    ",
        "\n      - ",
        "\"",
        "'",
        "|\n",
        ">-\n",
        "&a ",
        "*a",
        "!!str ",
        "!",
        "%",
        "%YAML 1.2\n",
        "---\n",
        "...\n",
        "#",
        " #x\n",
        "?",
        "? ",
        "<<",
        "\t",
        "\\",
        "\\x",
        "\\ud800",
        "\\0",
        "\u0000",
        "\u0085",
        "\u2028",
        "\uFEFF",
        "\ud800",
        "𝒳",
        "ü",
        "$$",
        ";",
        "@",
        "`",
        " ",
        "  ",
        "\r",
        "\r\n"
    };

    @Test
    void documentsOfRandomPiecesAreReadOrRefused() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < ROUNDS; round++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "operations:\n  - " : "");
            for (int i = random.nextInt(1, 40); i > 0; i--) {
                text.append(PIECES[random.nextInt(PIECES.length)]);
            }
            check(seed, round, text.toString());
        }
    }

    @Test
    void damagedMigrationsAreReadOrRefused() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < ROUNDS; round++) {
            StringBuilder text = new StringBuilder(Everything.YAML);
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                int at = random.nextInt(text.length());
                int end = Math.min(text.length(), at + random.nextInt(0, 12));
                text.replace(at, end, random.nextInt(3) == 0 ? "" : PIECES[random.nextInt(PIECES.length)]);
            }
            check(seed, round, text.toString());
        }
    }

    @Test
    void randomBytesAreReadOrRefused() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = Everything.YAML.getBytes(StandardCharsets.UTF_8);
            for (int i = random.nextInt(1, 6); i > 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                check(seed, round, YamlText.decode("f.yaml", bytes));
            } catch (MigrationFileException e) {
                assertThat(e.problems()).as("seed %d, round %d", seed, round).isNotEmpty();
            }
        }
    }

    private static void check(long seed, int round, String text) {
        try {
            Migration migration = MigrationFiles.parse("0001_fuzz", "f.yaml", text);
            assertThat(migration.operations())
                    .as("seed %d, round %d", seed, round)
                    .isNotEmpty();
            assertThat(migration.definition())
                    .as("seed %d, round %d", seed, round)
                    .endsWith("\n")
                    .doesNotContain("\0");
        } catch (MigrationFileException e) {
            for (MigrationFileException.Problem problem : e.problems()) {
                assertThat(problem.message())
                        .as("seed %d, round %d", seed, round)
                        .isNotBlank()
                        .doesNotContain("\n", "\r");
            }
        } catch (RuntimeException | StackOverflowError e) {
            fail(String.format("seed %d, round %d: %s", seed, round, text), e);
        }
    }
}
