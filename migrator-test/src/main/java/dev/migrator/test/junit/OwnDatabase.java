package dev.migrator.test.junit;

import dev.migrator.test.MigrationDatabase;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/** The database of one test, which goes when the test has ended, unless it failed and is to be looked at. */
record OwnDatabase(MigrationDatabase database, boolean keepOnFailure, ExtensionContext context)
        implements AutoCloseable {

    @Override
    public void close() {
        boolean failed = context.getExecutionException()
                .filter(e -> !(e instanceof TestAbortedException))
                .isPresent();
        if (keepOnFailure && failed) {
            System.err.println(
                    context.getUniqueId() + " failed. " + database.database().keep());
        } else {
            database.close();
        }
    }
}
