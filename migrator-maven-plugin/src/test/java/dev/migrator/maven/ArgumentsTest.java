package dev.migrator.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.apache.maven.plugin.MojoFailureException;
import org.junit.jupiter.api.Test;

class ArgumentsTest {

    @Test
    void whatIsLeftOutIsNotThere() {
        Arguments arguments = new Arguments("migrate")
                .option("to", null)
                .option("free-space", " ")
                .flag("json", false)
                .positions(null)
                .positions(Arrays.asList(null, " "));
        assertThat(arguments.all()).containsExactly("migrate");
    }

    @Test
    void aValueIsNeverTakenForAnOption() throws MojoFailureException {
        Arguments arguments = new Arguments("approve")
                .position("id", "--json")
                .requiredOption("reason", "--by=eve --json")
                .flag("json", true);
        assertThat(arguments.all()).containsExactly("approve", "--reason=--by=eve --json", "--json", "--", "--json");
    }

    @Test
    void severalMigrationsMayBeWrittenWithBlanksBetween() {
        assertThat(new Arguments("plan")
                        .positions(List.of("0001_a", " 0002_b "))
                        .all())
                .containsExactly("plan", "--", "0001_a", "0002_b");
    }

    @Test
    void whatMustBeThereIsNamed() {
        assertThatThrownBy(() -> new Arguments("approve").requiredOption("by", " "))
                .isInstanceOf(MojoFailureException.class)
                .hasMessageContaining("-Dmigrator.by=");
    }
}
