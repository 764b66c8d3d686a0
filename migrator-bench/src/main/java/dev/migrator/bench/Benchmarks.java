package dev.migrator.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Runs the scenarios that are asked for on one server, prints their tables and writes {@code results.json}. */
public final class Benchmarks {

    private static final List<Scenario> SCENARIOS = List.of(
            new WaysScenario(),
            new BesideScenario(),
            new WritesScenario(),
            new ConflictsScenario(),
            new ReplicaScenario(),
            new GrowthScenario(),
            new StartsScenario(),
            new ProfileScenario());

    private Benchmarks() {}

    /**
     * Runs them.
     *
     * @param arguments none; what to measure is said by the system properties of {@link Options}
     */
    public static void main(String[] arguments) throws SQLException, IOException, InterruptedException {
        Options options = Options.of(System.getProperties());
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        List<Scenario> selected = select(options);
        Results results = new Results();
        try (Site site = Site.start(options)) {
            out.println("PostgreSQL " + site.environment());
            for (Scenario scenario : selected) {
                out.printf("%n%s: %s%n", scenario.name(), scenario.description());
                try {
                    scenario.run(new Bench(options, site, results, out));
                } finally {
                    // Whatever happens to the hours that follow, what has been measured is kept.
                    ResultsFile.write(options.results(), options, site.environment(), results);
                }
                ResultsTable.print(results, scenario.name(), out);
            }
        }
        out.printf("%nAll rounds are in %s%n", options.results());
    }

    private static List<Scenario> select(Options options) {
        Set<String> unknown = new TreeSet<>(options.scenarios());
        SCENARIOS.forEach(scenario -> unknown.remove(scenario.name()));
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("bench.scenarios: there is no %s; there are %s"
                    .formatted(unknown, SCENARIOS.stream().map(Scenario::name).collect(Collectors.joining(", "))));
        }
        return SCENARIOS.stream()
                .filter(scenario -> options.scenarios().contains(scenario.name()))
                .toList();
    }
}
