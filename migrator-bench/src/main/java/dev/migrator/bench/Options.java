package dev.migrator.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What to measure, from system properties; one that is left blank has its default.
 *
 * @param scenarios {@code bench.scenarios}: which ones, by name
 * @param rounds {@code bench.rounds}: how often each is measured
 * @param rows {@code bench.rows}: rows of the table
 * @param time {@code bench.seconds}: how long a measurement by time takes
 * @param rate {@code bench.rate}: transactions a second of the workload beside a backfill
 * @param connections {@code bench.connections}: connections of the workloads
 * @param layouts {@code bench.layouts}: the tables of {@code ways}; the other scenarios use the first one
 * @param sizes {@code bench.sizes}: rows of the tables of {@code growth}
 * @param workers {@code bench.workers}: workers of the engine's backfill
 * @param backfill {@code bench.backfill}: what else the migration's file says under {@code backfill}, such as a throttle
 * @param folder {@code bench.folder}: where the server keeps its data, and the results go
 */
record Options(
        Set<String> scenarios,
        int rounds,
        long rows,
        Duration time,
        int rate,
        int connections,
        List<Layout> layouts,
        List<Long> sizes,
        int workers,
        String backfill,
        Path folder) {

    /**
     * Reads the properties.
     *
     * @throws IllegalArgumentException with everything that is wrong
     */
    static Options of(Properties properties) {
        Reader reader = new Reader(properties, new ArrayList<>());
        Options options = new Options(
                new TreeSet<>(reader.list(
                        "scenarios",
                        "ways,beside,writes,conflicts,replica,growth,starts,profile",
                        Function.identity())),
                (int) reader.number("rounds", 3),
                reader.number("rows", 1_000_000),
                Duration.ofSeconds(reader.number("seconds", 20)),
                (int) reader.number("rate", 1000),
                (int) reader.number("connections", 8),
                reader.list("layouts", "bigint,bigint-shuffled,uuid,uuid-shuffled", Layout::of),
                reader.list("sizes", "100000,1000000,10000000", Long::valueOf),
                (int) reader.number("workers", 1),
                reader.text("backfill", ""),
                Path.of(reader.text("folder", "target")).toAbsolutePath());
        if (!reader.problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", reader.problems));
        }
        return options;
    }

    /** The file with all that was measured. */
    Path results() {
        return folder.resolve("results.json");
    }

    /** The layout of scenarios that need only one. */
    Layout layout() {
        return layouts.get(0);
    }

    private record Reader(Properties properties, List<String> problems) {

        String text(String name, String otherwise) {
            String given = properties.getProperty("bench." + name, "");
            return given.isBlank() ? otherwise : given.strip();
        }

        long number(String name, long otherwise) {
            String text = text(name, Long.toString(otherwise));
            if (!text.matches("[1-9][0-9]{0,8}")) {
                problems.add("bench.%s: expected a whole number above zero, found %s".formatted(name, text));
                return otherwise;
            }
            return Long.parseLong(text);
        }

        <T> List<T> list(String name, String otherwise, Function<String, T> element) {
            String text = text(name, otherwise);
            try {
                return Arrays.stream(text.split(",", -1))
                        .map(String::strip)
                        .map(element)
                        .toList();
            } catch (IllegalArgumentException e) {
                problems.add("bench.%s: %s".formatted(name, e.getMessage()));
                return List.of();
            }
        }
    }
}
