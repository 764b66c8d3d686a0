package dev.migrator.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * What steps change: named things, indexes, and rows with a new shape to fill. A statement is {@code +thing} or
 * {@code -thing}; one that finds its work done already is a violation, as it runs a second time; {@code =thing} is a proof, which may be made again.
 */
final class InMemorySchema {
    static final int ROWS = 6;
    /** What no step makes. */
    static final String STRANGER = "stranger";

    private static final String NEW_SHAPE = "new column";

    private final NavigableSet<String> things = new TreeSet<>();
    private final NavigableSet<String> indexes = new TreeSet<>();
    private final NavigableSet<String> recorded = new TreeSet<>();
    private final boolean[] filled = new boolean[ROWS];

    void execute(String statement) {
        String thing = statement.substring(1);
        boolean changed = statement.startsWith("-") ? things.remove(thing) : things.add(thing);
        Violation.unless(changed || statement.startsWith("="), "a second time: " + statement);
        if (statement.equals("-" + NEW_SHAPE)) {
            Arrays.fill(filled, false);
        }
    }

    /** The user's statements, which are idempotent. */
    void executeAgain(String statement) {
        String thing = statement.substring(1);
        if (statement.startsWith("+") != things.contains(thing)) {
            execute(statement);
        }
    }

    void fill(int row) {
        Violation.unless(things.contains(NEW_SHAPE), "a row is filled and there is no new shape");
        filled[row] = true;
    }

    boolean isFilled(int row) {
        return filled[row];
    }

    /** Somebody else changes the schema, or takes that change back. */
    void meddle() {
        execute((things.contains(STRANGER) ? "-" : "+") + STRANGER);
    }

    void tidyUp() {
        things.remove(STRANGER);
    }

    /** Records the name of an index before it exists. */
    void record(String index) {
        recorded.add(index);
    }

    void buildIndex(String index) {
        Violation.unless(recorded.contains(index), "an index that nobody has recorded: " + index);
        indexes.add(index);
    }

    boolean hasIndex(String index) {
        return indexes.contains(index);
    }

    void renameIndex(String from, String to) {
        Violation.unless(indexes.remove(from), "no index to rename: " + from);
        Violation.unless(indexes.add(to), "there is such an index already: " + to);
    }

    void dropIndexes(List<String> names) {
        names.forEach(indexes::remove);
    }

    /** Recorded names of attempts at an index, made under tokens up to this one. */
    List<String> attempts(String prefix, long upToToken) {
        List<String> found = new ArrayList<>();
        for (String name : recorded) {
            if (name.startsWith(prefix + "~")) {
                long token = Long.parseLong(name.substring(prefix.length() + 1));
                if (token <= upToToken) {
                    found.add(name);
                }
            }
        }
        return found;
    }

    List<String> fingerprint() {
        return List.copyOf(things);
    }

    boolean isAsBefore() {
        return things.stream().allMatch(STRANGER::equals) && indexes.stream().allMatch(recorded::contains);
    }

    /** All of it, without what attempts of engines that died may have left, whose names are recorded. */
    String describe() {
        List<String> published =
                indexes.stream().filter(index -> !recorded.contains(index)).toList();
        return things + " indexes " + published + " filled " + Arrays.toString(filled);
    }
}
