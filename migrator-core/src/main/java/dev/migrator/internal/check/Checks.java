package dev.migrator.internal.check;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Collects what is wrong with the parts of a record, by key, and throws once with all of it. Not thread-safe. */
public final class Checks {

    private static final Duration LONGEST = Duration.ofDays(3650);

    private final List<InvalidKeysException.Problem> problems = new ArrayList<>();

    /**
     * Adds a problem.
     *
     * @param key the key's path inside of the record, as a migration file writes it: {@code into[1].column}
     * @param message what is wrong, as the rest of a sentence that begins with the key
     * @return this
     */
    public Checks add(String key, String message) {
        problems.add(new InvalidKeysException.Problem(key, message));
        return this;
    }

    /**
     * Adds a problem if a condition holds.
     *
     * @param condition the condition
     * @param key the key's path inside of the record
     * @param message what is wrong
     * @return this
     */
    public Checks addIf(boolean condition, String key, String message) {
        return condition ? add(key, message) : this;
    }

    /**
     * Requires a text (SQL, or words) that is not blank and can be sent to the server.
     *
     * @param key the key's path inside of the record
     * @param text the text
     * @return this
     */
    public Checks text(String key, String text) {
        if (text.isBlank()) {
            return add(key, "is blank");
        }
        Texts.unsendable(text).ifPresent(problem -> add(key, problem));
        return this;
    }

    /**
     * Requires the same as {@link #text(String, String)} of a text that is there.
     *
     * @param key the key's path inside of the record
     * @param text the text
     * @return this
     */
    public Checks text(String key, Optional<String> text) {
        text.ifPresent(value -> text(key, value));
        return this;
    }

    /**
     * Requires a duration of whole milliseconds, at least one and at most ten years.
     *
     * @param key the key's path inside of the record
     * @param duration the duration
     * @return this
     */
    public Checks duration(String key, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            return add(key, "is " + (duration.isZero() ? "0" : "negative") + "; it must be longer than nothing");
        }
        if (duration.compareTo(LONGEST) > 0) {
            return add(key, "is longer than " + LONGEST.toDays() + "d, the longest that is possible");
        }
        return addIf(duration.toNanosPart() % 1_000_000 != 0, key, "has parts of a millisecond: " + duration);
    }

    /**
     * Requires at least one element.
     *
     * @param key the key's path inside of the record
     * @param list the list
     * @return this
     */
    public Checks notEmpty(String key, List<?> list) {
        return addIf(list.isEmpty(), key, "is empty; it needs at least one entry");
    }

    /**
     * Requires that no element occurs twice.
     *
     * @param key the list's path inside of the record
     * @param list the list
     * @param suffix what follows {@code [n]} in the path of an element
     * @return this
     */
    public Checks distinct(String key, List<?> list, String suffix) {
        Set<Object> seen = new HashSet<>();
        for (int i = 0; i < list.size(); i++) {
            addIf(!seen.add(list.get(i)), key + "[" + i + "]" + suffix, "names '" + list.get(i) + "' a second time");
        }
        return this;
    }

    /**
     * Throws if there is any problem.
     *
     * @throws InvalidKeysException with all problems
     */
    public void throwIfAny() {
        if (!problems.isEmpty()) {
            throw new InvalidKeysException(problems);
        }
    }
}
