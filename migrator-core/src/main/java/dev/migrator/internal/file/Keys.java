package dev.migrator.internal.file;

import dev.migrator.Identifier;
import dev.migrator.internal.check.Texts;
import dev.migrator.internal.file.YamlNode.Entry;
import dev.migrator.internal.file.YamlNode.Mapping;
import dev.migrator.internal.file.YamlNode.Scalar;
import dev.migrator.internal.file.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Reads a map by its keys. Everything that is wrong goes to the report, and the method then returns empty; whoever asks looks
 * at the report before making anything of the answers.
 */
final class Keys {

    private static final Set<String> RESERVED = Set.of("versionedViews", "onUnmappable", "targets", "backfill");

    private final Report report;
    private final String path;
    private final YamlNode node;
    private final Map<String, YamlNode> values = new LinkedHashMap<>();
    private final Set<String> misspelt = new HashSet<>();

    private Keys(Report report, String path, YamlNode node) {
        this.report = report;
        this.path = path;
        this.node = node;
    }

    /** The keys of a map; none if the node is something else, which is reported. */
    static Optional<Keys> of(Report report, String path, YamlNode node, List<String> allowed) {
        if (!(node instanceof Mapping mapping)) {
            report.problem(node, path, "expected a map with the keys " + words(allowed) + ", found " + node.kind());
            return Optional.empty();
        }
        Keys keys = new Keys(report, path, node);
        Map<String, Scalar> seen = new LinkedHashMap<>();
        for (Entry entry : mapping.entries()) {
            String key = entry.key().text();
            Scalar first = seen.putIfAbsent(key, entry.key());
            if (first != null) {
                report.problem(
                        entry.key(),
                        path,
                        "the key '" + Texts.oneLine(key) + "' stands here a second time; the first is in line "
                                + first.at().line());
            } else if (allowed.contains(key)) {
                report.place(keys.path(key), entry.key().at(), entry.value().at());
                keys.values.put(key, entry.value());
            } else if (RESERVED.contains(key)) {
                report.problem(entry.key(), path, "the key '" + key + "' is reserved for a later version");
            } else {
                Suggestion.nearest(key, allowed).ifPresent(keys.misspelt::add);
                report.problem(
                        entry.key(),
                        path,
                        "unknown key '" + Texts.oneLine(key) + "'" + Suggestion.of(key, allowed, "the keys here are"));
            }
        }
        return Optional.of(keys);
    }

    static String words(List<String> keys) {
        return keys.size() == 1
                ? keys.get(0)
                : String.join(", ", keys.subList(0, keys.size() - 1)) + " and " + keys.get(keys.size() - 1);
    }

    String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    Optional<YamlNode> find(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** The value of a key that must be there. */
    Optional<YamlNode> require(String key) {
        Optional<YamlNode> value = find(key);
        if (value.isEmpty() && !misspelt.contains(key)) {
            report.problem(node, path, "the key '" + key + "' is missing");
        }
        return value;
    }

    Optional<Identifier> name(String key) {
        return require(key).flatMap(value -> name(report, path(key), value));
    }

    Optional<Identifier> optionalName(String key) {
        return find(key).flatMap(value -> name(report, path(key), value));
    }

    /** A name: any single value, taken as it is written, except nothing. */
    static Optional<Identifier> name(Report report, String path, YamlNode value) {
        return text(report, path, value, "a name").flatMap(text -> {
            try {
                return Optional.of(Identifier.of(text));
            } catch (IllegalArgumentException e) {
                report.problem(value, path, String.valueOf(e.getMessage()));
                return Optional.empty();
            }
        });
    }

    Optional<String> text(String key) {
        return require(key).flatMap(value -> text(report, path(key), value, "a text"));
    }

    Optional<String> optionalText(String key) {
        return find(key).flatMap(value -> text(report, path(key), value, "a text"));
    }

    static Optional<String> text(Report report, String path, YamlNode value, String expected) {
        if (!(value instanceof Scalar scalar)) {
            report.problem(value, path, "expected " + expected + ", found " + value.kind());
            return Optional.empty();
        }
        if (scalar.type() == Scalar.Type.NOTHING) {
            String hint =
                    scalar.text().isEmpty() ? "" : "; to YAML, " + scalar.text() + " is nothing unless it is quoted";
            report.problem(value, path, "expected " + expected + ", found nothing" + hint);
            return Optional.empty();
        }
        return Optional.of(scalar.text());
    }

    boolean bool(String key, boolean ifLeftOut) {
        Optional<YamlNode> found = find(key);
        if (found.isEmpty()) {
            return ifLeftOut;
        }
        if (found.get() instanceof Scalar scalar && scalar.type() == Scalar.Type.BOOLEAN) {
            return Boolean.parseBoolean(scalar.text());
        }
        report.problem(found.get(), path(key), "expected true or false, found " + described(found.get()));
        return ifLeftOut;
    }

    /** A whole number. */
    Optional<Integer> number(String key, String range) {
        return find(key).flatMap(value -> {
            if (value instanceof Scalar scalar && scalar.type() == Scalar.Type.NUMBER) {
                try {
                    return Optional.of(Integer.parseInt(scalar.text()));
                } catch (NumberFormatException e) {
                    // falls through to the same message as any other value
                }
            }
            report.problem(value, path(key), "expected a whole number " + range + ", found " + described(value));
            return Optional.empty();
        });
    }

    /** One of a few words, in any case. */
    <T> Optional<T> choice(String key, Map<String, T> words) {
        return find(key).flatMap(value -> {
            if (value instanceof Scalar scalar) {
                for (Map.Entry<String, T> word : words.entrySet()) {
                    if (word.getKey().equalsIgnoreCase(scalar.text())) {
                        return Optional.of(word.getValue());
                    }
                }
            }
            String expected = String.join(" | ", words.keySet());
            report.problem(value, path(key), "expected " + expected + ", found " + described(value));
            return Optional.empty();
        });
    }

    static String described(YamlNode value) {
        return value instanceof Scalar scalar && scalar.type() != Scalar.Type.NOTHING
                ? (scalar.type() == Scalar.Type.TEXT ? "the text '" : "'") + Texts.oneLine(scalar.text()) + "'"
                : value.kind();
    }

    /** The entries of a list that must be there, each read on its own. */
    <T> List<T> list(String key, BiFunction<String, YamlNode, Optional<T>> reader) {
        return require(key).map(value -> list(report, path(key), value, reader)).orElse(List.of());
    }

    static <T> List<T> list(
            Report report, String path, YamlNode value, BiFunction<String, YamlNode, Optional<T>> reader) {
        if (!(value instanceof Sequence sequence)) {
            report.problem(value, path, "expected a list, found " + value.kind());
            return List.of();
        }
        List<T> list = new ArrayList<>();
        for (int i = 0; i < sequence.items().size(); i++) {
            YamlNode item = sequence.items().get(i);
            String itemPath = path + "[" + i + "]";
            report.place(itemPath, item.at(), item.at());
            reader.apply(itemPath, item).ifPresent(list::add);
        }
        return list;
    }

    List<Identifier> names(String key) {
        return list(key, (itemPath, item) -> name(report, itemPath, item));
    }
}
