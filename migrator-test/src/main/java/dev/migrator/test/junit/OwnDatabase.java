package dev.migrator.test.junit;

import dev.migrator.test.MigrationDatabase;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The database of one test, which goes when the test has ended, unless it failed and is to be looked at. */
record OwnDatabase(MigrationDatabase database, boolean keepOnFailure, ExtensionContext context)
        implements AutoCloseable {

    @Override
    public void close() {
        if (keepOnFailure && context.getExecutionException().isPresent()) {
            System.err.println(
                    context.getUniqueId() + " failed. " + database.database().keep());
        } else {
            database.close();
        }
    }
}
