package dev.migrator.internal.file;

import dev.migrator.MigrationFileException;
import dev.migrator.MigrationFileException.Problem;
import dev.migrator.SourceMark;
import dev.migrator.internal.check.InvalidKeysException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Collects the problems of one file, and where its keys and values stand. Not thread-safe. */
final class Report {

    private static final int MAX_PROBLEMS = 100;

    private final String file;
    private final List<Problem> problems = new ArrayList<>();
    private final Map<String, SourceMark> keys = new HashMap<>();
    private final Map<String, SourceMark> values = new HashMap<>();

    Report(String file) {
        this.file = file;
    }

    /** Notes where a key and its value stand; of a list's entry, both are where the entry stands. */
    void place(String path, SourceMark key, SourceMark value) {
        keys.putIfAbsent(path, key);
        values.putIfAbsent(path, value);
    }

    void problem(SourceMark at, String path, String message) {
        problems.add(new Problem(at, path, message));
    }

    void problem(YamlNode node, String path, String message) {
        problem(node.at(), path, message);
    }

    /** How many problems there are, so that one can see later whether there are more. */
    int size() {
        return problems.size();
    }

    /**
     * Makes a part of the model, whose own checks may find problems.
     *
     * @param path the path of the part, in which the keys of the problems are
     * @param before what {@link #size()} was before the part was read: if there are more now, it is not made
     * @param maker makes the part
     * @return the part; empty if there is a problem
     */
    <T> Optional<T> make(String path, int before, Supplier<T> maker) {
        if (size() > before) {
            return Optional.empty();
        }
        try {
            return Optional.of(maker.get());
        } catch (InvalidKeysException e) {
            for (InvalidKeysException.Problem problem : e.problems()) {
                String key = problem.key().isEmpty() ? path : path + "." + problem.key();
                problem(nearestPlace(key), key, problem.message());
            }
        }
        return Optional.empty();
    }

    /** Where the value of a path stands, or, if the file does not have it, that of the nearest part around it. */
    private SourceMark nearestPlace(String path) {
        for (String part = path; !part.isEmpty(); part = parent(part)) {
            SourceMark mark = values.get(part);
            if (mark != null) {
                return mark;
            }
        }
        return SourceMark.wholeOf(file);
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['))));
    }

    Map<String, SourceMark> marks() {
        return Map.copyOf(keys);
    }

    /** Throws all problems, in the order of the lines, if there are any. */
    void throwIfAny() {
        if (!problems.isEmpty()) {
            List<Problem> sorted = new ArrayList<>(problems);
            sorted.sort(Comparator.comparingInt((Problem p) -> p.at().line()).thenComparingInt(p -> p.at().column()));
            int more = sorted.size() - MAX_PROBLEMS;
            if (more > 0) {
                sorted.subList(MAX_PROBLEMS, sorted.size()).clear();
                sorted.add(new Problem(SourceMark.wholeOf(file), "", "and " + more + " problems more"));
            }
            throw new MigrationFileException(sorted);
        }
    }
}
