package dev.migrator.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is answered before any connection is made. */
class UsageTest {
    private static final String URL = "jdbc:postgresql://db.example:5433/shop";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Main.run(new PrintWriter(out), new PrintWriter(err), arguments);
    }

    private static ConnectionSettings settings(Optional<String> url, Map<String, String> environment) {
        return ConnectionSettings.of(url, Optional.empty(), Optional.empty(), environment);
    }

    @Test
    void withoutACommandTheCommandsAreNamed() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).contains("plan", "migrate", "rollback");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"migrat", "--urll=x status", "status --jsn", "approve 0001", "migrate --to SIDEWAYS", "pause"})
    void wrongUsageAnswersTwo(String line) {
        assertThat(run(line.split(" "))).isEqualTo(2);
        assertThat(err.toString()).isNotBlank();
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void helpNamesTheExitCodesAndAnExample() {
        assertThat(run("migrate", "--help")).isZero();
        assertThat(out.toString()).contains("Exit codes:", "waiting at a gate", "Example: migrator migrate");
    }

    @Test
    void aPasswordIsNoOption() {
        assertThat(run("--password", "secret", "status")).isEqualTo(2);
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).doesNotContain("--password").contains("MIGRATOR_PASSWORD", "pgpass");
    }

    @Test
    void optionsOfTheConnectionMayStandBeforeAndAfterTheCommand() {
        assertThat(run("--migrations", "nowhere", "status", "--url", URL)).isEqualTo(2);
        assertThat(run("status", "--url", URL, "--migrations", "nowhere")).isEqualTo(2);
        assertThat(err.toString()).contains("nowhere").doesNotContain("Unknown option");
    }

    @Test
    void anOptionIsStrongerThanTheEnvironment() {
        Map<String, String> environment = Map.of(
                "MIGRATOR_URL", "jdbc:postgresql://other/db", "MIGRATOR_USER", "ann", "MIGRATOR_PASSWORD", "secret");
        ConnectionSettings settings = settings(Optional.of(URL), environment);
        assertThat(settings.url()).isEqualTo(URL);
        assertThat(settings.user()).contains("ann");
        assertThat(settings.password()).contains("secret");
        assertThat(settings.toString()).doesNotContain("secret");
        assertThat(settings(Optional.empty(), environment).url()).isEqualTo("jdbc:postgresql://other/db");
    }

    @Test
    void anEmptyPasswordIsNone() {
        assertThat(settings(Optional.of(URL), Map.of("MIGRATOR_PASSWORD", "")).password())
                .as("so that .pgpass is asked")
                .isEmpty();
    }

    @Test
    void withoutAUrlTheWayOutIsTold() {
        assertThatThrownBy(() -> settings(Optional.empty(), Map.of()))
                .isInstanceOf(UsageException.class)
                .hasMessageContainingAll("--url", "MIGRATOR_URL");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:mysql://localhost/top-secret",
                "postgres://ann:top-secret@localhost/shop",
                "jdbc:postgresql://ann:top-secret@localhost/shop",
                "jdbc:postgresql://localhost:port/shop?password=top-secret"
            })
    void aWrongUrlIsRefusedAndNotShown(String url) {
        assertThatThrownBy(() -> settings(Optional.of(url), Map.of()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("jdbc:postgresql://HOST:PORT/DATABASE")
                .hasMessageNotContaining("top-secret");
    }

    @Test
    void aPlaceIsNamedWithoutItsPassword() {
        assertThat(ServerAddress.describe(URL + "?password=top-secret", Optional.of("ann")))
                .isEqualTo("db.example:5433, database shop, user ann");
        assertThat(ServerAddress.describe("jdbc:postgresql://one,two:1/db?user=bob", Optional.empty()))
                .isEqualTo("one:5432,two:1, database db, user bob");
    }
}
