package dev.migrator.bench;

/**
 * What is aimed at, and what it came to.
 *
 * @param scenario the scenario
 * @param variant of the scenario
 * @param what the figure
 * @param aim the bound, with its sign: {@code ≤ 0.6}
 * @param value what was measured, in the median
 * @param met whether it is within the bound
 */
record Target(String scenario, String variant, String what, String aim, double value, boolean met) {

    static Target atMost(String scenario, String variant, String what, double bound, double value) {
        return new Target(scenario, variant, what, "≤ " + Round.number(bound), value, value <= bound);
    }

    static Target atLeast(String scenario, String variant, String what, double bound, double value) {
        return new Target(scenario, variant, what, "≥ " + Round.number(bound), value, value >= bound);
    }

    @Override
    public String toString() {
        return "%-8s  %s, %s: %s (aim %s)"
                .formatted(met ? "PASS" : "SHORT OF", variant, what, Round.number(value), aim);
    }
}
