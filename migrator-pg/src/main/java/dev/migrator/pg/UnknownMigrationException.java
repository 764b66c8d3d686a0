package dev.migrator.pg;

import dev.migrator.MigratorException;
import java.util.List;

/** There is no migration with the id that was asked for; nothing was done. */
public final class UnknownMigrationException extends MigratorException {
    private static final long serialVersionUID = 1L;

    UnknownMigrationException(String message) {
        super(message);
    }

    UnknownMigrationException(String id, List<String> known) {
        super("There is no migration " + id + "; "
                + (known.isEmpty() ? "there are none at all." : "there are: " + String.join(", ", known) + ".")
                + " Nothing was done.");
    }
}
