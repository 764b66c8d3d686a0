package dev.migrator.pg;

import dev.migrator.MigratorException;
import java.util.List;

/** The schema is not safe for this release of the application: it must not serve requests now. */
public final class UnsafeSchemaException extends MigratorException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    UnsafeSchemaException(String release, List<String> problems) {
        super("The schema is not safe for release " + (release.isEmpty() ? "(without a name)" : release) + ": "
                + String.join("; ", problems)
                + ". It is not registered. Wait until the migration is there, or start a release that fits.");
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
