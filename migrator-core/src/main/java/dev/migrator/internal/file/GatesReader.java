package dev.migrator.internal.file;

import dev.migrator.Gate;
import dev.migrator.Gates;
import dev.migrator.Phase;
import dev.migrator.internal.check.Durations;
import dev.migrator.internal.check.Texts;
import dev.migrator.internal.file.YamlNode.Mapping;
import dev.migrator.internal.file.YamlNode.Scalar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code gates}, and durations wherever they stand. */
final class GatesReader {

    private static final String ROLLBACK = "rollback";
    private static final List<String> KINDS = List.of("approval", "releases", "soak", "sql");

    private final Report report;

    GatesReader(Report report) {
        this.report = report;
    }

    Gates read(String path, YamlNode node) {
        List<String> allowed = new ArrayList<>();
        for (Phase phase : Phase.values()) {
            allowed.add(phase.key());
        }
        allowed.add(ROLLBACK);
        return Keys.of(report, path, node, allowed).map(this::gates).orElseGet(Gates::defaults);
    }

    private Gates gates(Keys keys) {
        Map<Phase, List<Gate>> explicit = new EnumMap<>(Phase.class);
        for (Phase phase : Phase.values()) {
            if (keys.has(phase.key())) {
                explicit.put(phase, keys.list(phase.key(), this::gate));
            }
        }
        Optional<List<Gate>> rollback =
                keys.has(ROLLBACK) ? Optional.of(keys.list(ROLLBACK, this::gate)) : Optional.empty();
        return new Gates(explicit, rollback);
    }

    private Optional<Gate> gate(String path, YamlNode node) {
        if (node instanceof Mapping) {
            return gateWithKeys(path, node);
        }
        if (node instanceof Scalar scalar && scalar.type() == Scalar.Type.TEXT) {
            return gateByName(path, scalar);
        }
        report.problem(
                node,
                path,
                "expected a gate: approval, releases, { soak: 24h } or { sql: \"select …\" }, found "
                        + Keys.described(node));
        return Optional.empty();
    }

    private Optional<Gate> gateByName(String path, Scalar scalar) {
        String name = scalar.text();
        if (name.equals("approval")) {
            return Optional.of(new Gate.Approval());
        }
        if (name.equals("releases")) {
            return Optional.of(new Gate.Releases());
        }
        String message =
                switch (name) {
                    case "soak" -> "needs to know how long: { soak: 24h }";
                    case "sql" -> "needs a query: { sql: \"select …\" }";
                    default ->
                        "unknown gate '" + Texts.oneLine(name) + "'" + Suggestion.of(name, KINDS, "the gates are");
                };
        report.problem(scalar, path, message);
        return Optional.empty();
    }

    private Optional<Gate> gateWithKeys(String path, YamlNode node) {
        int before = report.size();
        return Keys.of(report, path, node, List.of("soak", "sql", "reason")).flatMap(keys -> {
            Optional<Duration> soak = duration(keys, "soak");
            Optional<String> query = keys.optionalText("sql");
            Optional<String> reason = keys.optionalText("reason");
            if (report.size() == before && keys.has("soak") == keys.has("sql")) {
                report.problem(node, path, "needs either 'soak' or 'sql'; each gate is an entry of its own");
            }
            if (keys.has("reason") && keys.has("soak") && !keys.has("sql")) {
                report.problem(node, path, "has a 'reason', which only a gate with 'sql' can have");
            }
            return report.make(path, before, () -> soak.<Gate>map(Gate.Soak::new)
                    .orElseGet(() -> reason.map(text -> new Gate.Sql(query.orElseThrow(), text))
                            .orElseGet(() -> new Gate.Sql(query.orElseThrow()))));
        });
    }

    /** The duration under a key that may be left out. */
    Optional<Duration> duration(Keys keys, String key) {
        return keys.optionalText(key).flatMap(text -> {
            try {
                return Optional.of(Durations.parse(text));
            } catch (IllegalArgumentException e) {
                keys.find(key).ifPresent(node -> report.problem(node, keys.path(key), String.valueOf(e.getMessage())));
                return Optional.empty();
            }
        });
    }
}
