package dev.migrator.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.maven.plugin.MojoFailureException;
import org.junit.jupiter.api.Test;

class CredentialsTest {
    private static final Credentials ANN = new Credentials("shop", Optional.of("ann"), Optional.of("top-secret"));

    @Test
    void theyGoBeforeTheEnvironment() {
        Map<String, String> environment = new HashMap<>(Map.of("MIGRATOR_USER", "bob", "MIGRATOR_PASSWORD", "other"));
        ANN.into(environment);
        assertThat(environment).containsEntry("MIGRATOR_USER", "ann").containsEntry("MIGRATOR_PASSWORD", "top-secret");
    }

    @Test
    void aServerWithoutThemLeavesTheEnvironmentAlone() {
        Map<String, String> environment = new HashMap<>(Map.of("MIGRATOR_USER", "bob"));
        new Credentials("shop", Optional.empty(), Optional.empty()).into(environment);
        assertThat(environment).isEqualTo(Map.of("MIGRATOR_USER", "bob"));
    }

    @Test
    void aPasswordIsGivenToNobodyElse() throws MojoFailureException {
        ANN.check("ann");
        assertThatThrownBy(() -> ANN.check("bob"))
                .isInstanceOf(MojoFailureException.class)
                .hasMessageContainingAll("'bob'", "'ann'", "'shop'")
                .hasMessageNotContaining("top-secret");
    }

    @Test
    void aPasswordIsNotPrinted() {
        assertThat(ANN.toString()).doesNotContain("top-secret");
    }
}
