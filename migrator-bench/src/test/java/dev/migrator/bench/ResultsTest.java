package dev.migrator.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {

    private static Results results() {
        Results results = new Results();
        double[] ours = {10, 30, 20};
        double[] plain = {40, 40, 80};
        for (int i = 0; i < 3; i++) {
            results.add(new Round("ways", "bigint", EngineWay.NAME, i + 1, Map.of("seconds", ours[i])));
            results.add(new Round("ways", "bigint", "plain", i + 1, Map.of("seconds", plain[i])));
        }
        return results;
    }

    @Test
    void takes_the_median_of_the_rounds() {
        assertThat(results().median("ways", "bigint", EngineWay.NAME, "seconds"))
                .isEqualTo(20);
        assertThat(results().median("ways", "uuid", EngineWay.NAME, "seconds")).isNaN();
        assertThat(Results.median(List.of(4.0, 1.0, 3.0, 2.0))).isEqualTo(2.5);
    }

    @Test
    void a_figure_that_is_missing_meets_no_target() {
        assertThat(Target.atMost("s", "v", "w", 1, Double.NaN).met()).isFalse();
        assertThat(Target.atLeast("s", "v", "w", 1, Double.NaN).met()).isFalse();
        assertThat(Target.atMost("s", "v", "w", 1, 1).met()).isTrue();
        assertThat(Target.atLeast("s", "v", "w", 1.3, 1.2).met()).isFalse();
    }

    @Test
    void each_subject_comes_first_once() {
        List<String> subjects = List.of("a", "b", "c");
        assertThat(List.of(Bench.rotated(subjects, 1), Bench.rotated(subjects, 2), Bench.rotated(subjects, 3)))
                .containsExactly(List.of("a", "b", "c"), List.of("b", "c", "a"), List.of("c", "a", "b"));
    }

    @Test
    void writes_rounds_medians_and_ratios(@TempDir Path folder) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("bench.folder", folder.toString());
        Options options = Options.of(properties);
        ResultsFile.write(options.results(), options, Map.of("version", "17"), results());

        JsonNode json = new ObjectMapper().readTree(options.results().toFile());
        assertThat(json.at("/environment/version").asText()).isEqualTo("17");
        assertThat(json.get("rounds")).hasSize(6);
        assertThat(json.at("/medians/1/figures/seconds").asDouble()).isEqualTo(40);
        assertThat(json.at("/ratios/1/figures/seconds").asDouble()).isEqualTo(2);
    }

    @Test
    void prints_a_table_and_the_targets_of_its_scenario() {
        Results results = results();
        results.add(Target.atLeast("ways", "bigint", "speed", 1.3, 2));
        results.add(Target.atLeast("beside", "bigint", "another", 1.3, 1));
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        ResultsTable.print(results, "ways", new PrintStream(printed, true, StandardCharsets.UTF_8));
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("| bigint  | migrator |      20 |")
                .contains("PASS      bigint, speed: 2 (aim ≥ 1.30)")
                .doesNotContain("another");
    }
}
