package dev.migrator.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes everything as JSON: each round as it was measured, the medians, the targets, and what it was measured on. */
final class ResultsFile {

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private ResultsFile() {}

    static void write(Path file, Options options, Map<String, String> environment, Results results) throws IOException {
        List<Results.Median> medians = results.scenarios().stream()
                .flatMap(scenario -> results.medians(scenario).stream())
                .toList();
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("environment", environment);
        content.put("options", described(options));
        content.put("rounds", results.rounds());
        content.put("medians", medians);
        content.put(
                "ratios",
                medians.stream().map(median -> ratios(results, median)).toList());
        content.put("targets", results.targets());
        Files.createDirectories(file.getParent());
        JSON.writeValue(file.toFile(), content);
    }

    /** Each figure as a multiple of the engine's, where the scenario has one. */
    private static Results.Median ratios(Results results, Results.Median median) {
        Map<String, Double> ratios = new LinkedHashMap<>();
        median.figures().forEach((name, value) -> {
            double ours = results.median(median.scenario(), median.variant(), EngineWay.NAME, name);
            if (Double.isFinite(value / ours)) {
                ratios.put(name, value / ours);
            }
        });
        return new Results.Median(median.scenario(), median.variant(), median.subject(), ratios);
    }

    private static Map<String, Object> described(Options options) {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("rounds", options.rounds());
        described.put("rows", options.rows());
        described.put("seconds", options.time().toSeconds());
        described.put("rate", options.rate());
        described.put("connections", options.connections());
        described.put("layouts", options.layouts().stream().map(Layout::label).toList());
        described.put("sizes", options.sizes());
        described.put("workers", options.workers());
        described.put("backfill", options.backfill());
        return described;
    }
}
