package dev.migrator.internal.check;

import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;

/** A record's parts are wrong or contradict each other; knows which keys, so that a file's reader can point at them. */
public final class InvalidKeysException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    // The list is an immutable one of serializable records; the compiler only sees the interface.
    @SuppressWarnings("serial")
    private final List<Problem> problems;

    /**
     * An exception for these problems.
     *
     * @param problems the problems, at least one
     */
    public InvalidKeysException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("; ")));
        this.problems = List.copyOf(problems);
    }

    /**
     * All problems.
     *
     * @return the problems
     */
    public List<Problem> problems() {
        return problems;
    }

    /**
     * A problem with one key.
     *
     * @param key the key's path inside of the record; empty: the record as a whole
     * @param message what is wrong
     */
    public record Problem(String key, String message) implements Serializable {

        @Override
        public String toString() {
            return key.isEmpty() ? message : key + ": " + message;
        }
    }
}
