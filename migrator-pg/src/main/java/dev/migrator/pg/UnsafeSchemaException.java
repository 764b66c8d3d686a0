package dev.migrator.pg;

import dev.migrator.MigratorException;
import java.util.List;
import java.util.Optional;

/** The schema is not safe for this release of the application: it must not serve requests now. */
public final class UnsafeSchemaException extends MigratorException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    /**
     * Of a release.
     *
     * @param failed why this process can't bring the schema there, if it has tried
     */
    UnsafeSchemaException(String release, List<String> problems, Optional<String> failed) {
        super("The schema is not safe for release " + (release.isEmpty() ? "(without a name)" : release) + ": "
                + String.join("; ", problems)
                + failed.map(why -> ". Migrations could not be taken further: " + why)
                        .orElse("")
                + ". It is not registered. Wait for the migration (`migrator status` says what it waits for), take it back, or start a"
                + " release that fits.");
        this.problems = List.copyOf(problems);
    }

    /**
     * Why.
     *
     * @return one line for each migration that is not as the release needs it
     */
    public List<String> problems() {
        return problems == null ? List.of() : problems;
    }
}
