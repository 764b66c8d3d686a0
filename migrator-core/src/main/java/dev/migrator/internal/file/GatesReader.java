package dev.migrator.internal.file;

import dev.migrator.Gate;
import dev.migrator.Gates;
import dev.migrator.Identifier;
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
import java.util.function.Supplier;

/** Reads {@code gates}, and durations wherever they stand. */
final class GatesReader {

    private static final String ROLLBACK = "rollback";
    private static final List<String> KINDS = List.of(
            "approval", "releases", "soak", "sql", "replicaLag", "noUse", "window", "custom", "all", "any", "not");
    private static final String EXPECTED = "expected a gate, one of " + String.join(", ", KINDS);

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
        report.problem(node, path, EXPECTED + ", found " + Keys.described(node));
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
                    case "replicaLag" -> "needs to know how much: { replicaLag: 10s }";
                    case "noUse" -> "needs to know for how long: { noUse: 24h }";
                    case "window" -> "needs to know when: { window: \"Mon-Thu 09:00-16:00 Europe/Berlin\" }";
                    case "custom" -> "needs the name of the application's gate: { custom: NAME }";
                    case "all", "any" -> "needs gates: { " + name + ": [ … ] }";
                    case "not" -> "needs a gate: { not: { sql: \"select …\" } }";
                    default ->
                        "unknown gate '" + Texts.oneLine(name) + "'" + Suggestion.of(name, KINDS, "the gates are");
                };
        report.problem(scalar, path, message);
        return Optional.empty();
    }

    private Optional<Gate> gateWithKeys(String path, YamlNode node) {
        int before = report.size();
        List<String> allowed = new ArrayList<>(KINDS);
        allowed.add("reason");
        return Keys.of(report, path, node, allowed).flatMap(keys -> {
            List<String> kinds = KINDS.stream().filter(keys::has).toList();
            if (report.size() == before && kinds.size() != 1) {
                report.problem(
                        node,
                        path,
                        kinds.isEmpty() ? EXPECTED : "has " + Keys.words(kinds) + "; each gate is an entry of its own");
            }
            if (!kinds.isEmpty() && keys.has("reason") && !keys.has("sql")) {
                report.problem(node, path, "has a 'reason', which only a gate with 'sql' can have");
            }
            return kinds.size() == 1 ? gate(path, before, keys, kinds.get(0)) : Optional.empty();
        });
    }

    private Optional<Gate> gate(String path, int before, Keys keys, String kind) {
        return switch (kind) {
            case "soak" -> duration(keys, kind).flatMap(time -> make(path, before, () -> new Gate.Soak(time)));
            case "replicaLag" ->
                duration(keys, kind).flatMap(time -> make(path, before, () -> new Gate.ReplicaLag(time)));
            case "noUse" -> duration(keys, kind).flatMap(time -> make(path, before, () -> new Gate.NoUse(time)));
            case "custom" -> keys.optionalText(kind).flatMap(name -> make(path, before, () -> new Gate.Custom(name)));
            case "window" -> keys.optionalText(kind).flatMap(text -> window(keys, text));
            case "all" -> {
                List<Gate> gates = keys.list(kind, this::gate);
                yield make(path, before, () -> new Gate.All(gates));
            }
            case "any" -> {
                List<Gate> gates = keys.list(kind, this::gate);
                yield make(path, before, () -> new Gate.Any(gates));
            }
            case "not" ->
                keys.find(kind).flatMap(node -> gate(keys.path(kind), node)).map(Gate.Not::new);
            case "sql" -> {
                Optional<String> query = keys.optionalText(kind);
                Optional<String> reason = keys.optionalText("reason");
                yield query.flatMap(text -> make(path, before, () -> reason.map(why -> new Gate.Sql(text, why))
                        .orElseGet(() -> new Gate.Sql(text))));
            }
            case "approval" -> keys.find(kind).flatMap(node -> approval(keys.path(kind), node));
            default -> keys.find(kind).flatMap(node -> releases(keys.path(kind), node));
        };
    }

    private Optional<Gate> make(String path, int before, Supplier<Gate> gate) {
        return report.make(path, before, gate);
    }

    private Optional<Gate> window(Keys keys, String text) {
        try {
            return Optional.of(Gate.Window.of(text));
        } catch (IllegalArgumentException e) {
            keys.find("window")
                    .ifPresent(node -> report.problem(node, keys.path("window"), String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    private Optional<Gate> approval(String path, YamlNode node) {
        int before = report.size();
        return Keys.of(report, path, node, List.of("people", "roles", "expires"))
                .flatMap(keys -> {
                    Optional<Integer> people = keys.has("people") ? keys.number("people", "from 1 on") : Optional.of(1);
                    List<Identifier> roles = keys.has("roles") ? keys.names("roles") : List.of();
                    Optional<Duration> expires = duration(keys, "expires");
                    return people.flatMap(
                            number -> make(path, before, () -> new Gate.Approval(number, roles, expires)));
                });
    }

    private Optional<Gate> releases(String path, YamlNode node) {
        int before = report.size();
        List<String> allowed = List.of("minimum", "ignoreRoles", "ignoreApplications", "onlyRegistered");
        return Keys.of(report, path, node, allowed).flatMap(keys -> {
            Optional<String> minimum = keys.optionalText("minimum");
            List<Identifier> roles = keys.has("ignoreRoles") ? keys.names("ignoreRoles") : List.of();
            List<String> applications = keys.has("ignoreApplications")
                    ? keys.list("ignoreApplications", (place, item) -> Keys.text(report, place, item, "a text"))
                    : List.of();
            boolean only = keys.bool("onlyRegistered", false);
            return make(path, before, () -> new Gate.Releases(minimum, roles, applications, only));
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
