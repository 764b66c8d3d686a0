package dev.migrator.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExplainedBatchesTest {
    private static final String MESSAGE =
            "\tQuery Text: BEGIN;\n\tUPDATE ONLY \"public\".\"items\" SET x = 1;\n\tCOMMIT\n";

    private static String entry(String milliseconds, String plan) {
        return "2026-11-23 03:41:42.564 UTC [8909] a@b c LOG:  duration: %s ms  plan:%n%s\t%s%n"
                .formatted(milliseconds, MESSAGE, plan);
    }

    @Test
    void finds_the_plans_that_fill_among_those_of_the_same_message() {
        ExplainedBatches batches = ExplainedBatches.of("2026-11-23 03:41:42.000 UTC [1] LOG:  checkpoint starting\n"
                + entry("12.5", "  ->  Update on items  (actual time=9 rows=3)")
                + entry("0.1", "Update on backfill_chunk  (actual time=0.1)")
                + entry("40.0", "Update on items  (actual time=39)")
                + entry("20.0", "Update on items  (actual time=19)"));
        assertThat(batches.figures())
                .containsEntry("batches", 3.0)
                .containsEntry("batch ms, median", 20.0)
                .containsEntry("batch ms, longest", 40.0);
        assertThat(batches.middle().orElseThrow()).contains("duration: 20.0").doesNotContain("duration: 40.0");
    }

    @Test
    void a_log_without_plans_has_none() {
        assertThat(ExplainedBatches.of("nothing\n").middle()).isEmpty();
        assertThat(ExplainedBatches.of("").figures()).containsEntry("batches", 0.0);
    }
}
