package dev.migrator.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class OptionsTest {

    private static Options of(String... namesAndValues) {
        Properties properties = new Properties();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            properties.setProperty("bench." + namesAndValues[i], namesAndValues[i + 1]);
        }
        return Options.of(properties);
    }

    @Test
    void what_is_blank_has_its_default() {
        assertThat(of("rows", " ", "layouts", "", "scenarios", "")).isEqualTo(of());
        assertThat(of().rows()).isEqualTo(1_000_000);
        assertThat(of().layouts()).containsExactly(Layout.values());
    }

    @Test
    void what_is_given_counts() {
        Options options = of("rows", "500", "seconds", "3", "scenarios", "ways, beside", "layouts", "uuid-shuffled");
        assertThat(options.rows()).isEqualTo(500);
        assertThat(options.time()).isEqualTo(Duration.ofSeconds(3));
        assertThat(options.scenarios()).containsExactlyInAnyOrder("ways", "beside");
        assertThat(options.layout()).isEqualTo(Layout.UUID_SHUFFLED);
    }

    @Test
    void all_that_is_wrong_is_told_at_once() {
        assertThatThrownBy(() -> of("rows", "-1", "rounds", "x", "layouts", "text", "sizes", "1,x"))
                .hasMessageContaining("bench.rows")
                .hasMessageContaining("bench.rounds")
                .hasMessageContaining("there is no text; there are bigint, bigint-shuffled")
                .hasMessageContaining("bench.sizes");
    }
}
