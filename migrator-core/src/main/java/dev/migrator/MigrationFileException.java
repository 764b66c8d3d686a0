package dev.migrator;

import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;

/** Migration files that can't be used as they are: carries all their problems at once. Nothing was changed anywhere. */
public final class MigrationFileException extends MigratorException {

    private static final long serialVersionUID = 1L;

    // The list is an immutable one of serializable records; the compiler only sees the interface.
    @SuppressWarnings("serial")
    private final List<Problem> problems;

    /**
     * An exception for these problems.
     *
     * @param problems the problems, at least one
     */
    public MigrationFileException(List<Problem> problems) {
        super(message(problems));
        this.problems = List.copyOf(problems);
    }

    private static String message(List<Problem> problems) {
        return problems.stream().map(Problem::toString).collect(Collectors.joining(System.lineSeparator()));
    }

    /**
     * All problems, file by file, in the order of the lines.
     *
     * @return the problems
     */
    public List<Problem> problems() {
        return problems;
    }

    /**
     * One problem of a file.
     *
     * @param at where
     * @param key the key's path, such as {@code operations[0].renameColumn.to}; empty if it is about the file itself
     * @param message what is wrong and what to do
     */
    public record Problem(SourceMark at, String key, String message) implements Serializable {

        /** One line: {@code file:line:column: key: message}. */
        @Override
        public String toString() {
            return at + ": " + (key.isEmpty() ? "" : key + ": ") + message;
        }
    }
}
