package dev.migrator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The command inside of another program. */
class EmbeddedCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private Ending run(Map<String, String> environment, String... arguments) {
        return new EmbeddedCommand(environment, new PrintWriter(new StringWriter()))
                .run(new PrintWriter(out), new PrintWriter(err), List.of(arguments));
    }

    @Test
    void itEndsWithoutEndingTheProcess() {
        assertThat(run(Map.of(), "migrat")).isEqualTo(Ending.WRONG_USAGE);
        assertThat(err.toString()).contains("migrate");
        assertThat(run(Map.of(), "migrate", "--help")).isEqualTo(Ending.DONE);
        assertThat(out.toString()).contains("Usage: migrator migrate");
    }

    @Test
    void itsEnvironmentIsTheOneThatItIsLent() {
        Map<String, String> environment =
                Map.of("MIGRATOR_URL", "jdbc:postgresql://127.0.0.1:1/shop", "MIGRATOR_USER", "ann");
        assertThat(run(environment, "pause", "0001_a", "--migrations=nowhere")).isEqualTo(Ending.FAILED);
        assertThat(err.toString()).contains("127.0.0.1:1, database shop, user ann");
    }

    @Test
    void whoHelpsWithoutTheFilesIsToldSo() {
        Map<String, String> environment = Map.of("MIGRATOR_URL", "jdbc:postgresql://127.0.0.1:1/shop");
        assertThat(run(environment, "work", "--migrations=nowhere")).isEqualTo(Ending.FAILED);
        assertThat(err.toString()).contains("warning: the files of the migrations can't be read", "nowhere");
    }

    @Test
    void noFileIsReadForAnArgument() {
        assertThat(run(Map.of("MIGRATOR_URL", "jdbc:postgresql://127.0.0.1:1/shop"), "pause", "@/etc/hostname", "more"))
                .isEqualTo(Ending.WRONG_USAGE);
        assertThat(err.toString()).contains("more");
    }
}
