package dev.migrator.test.junit;

import dev.migrator.test.BaseSchema;
import dev.migrator.test.MigrationSuite;
import dev.migrator.test.PostgresServer;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/**
 * What an extension does for each test.
 *
 * @param suite what is tested
 * @param server the server; empty: the one of this JVM
 * @param major the version of the server of this JVM, if it is chosen
 * @param databaseName the name of the database; empty: one for each test
 * @param keepOnFailure whether the database of a failed test stays
 */
record ExtensionSettings(
        MigrationSuite suite,
        Optional<PostgresServer> server,
        OptionalInt major,
        Optional<String> databaseName,
        boolean keepOnFailure) {
    private static final String KEEP = "migrator.test.keep";

    ExtensionSettings {
        keepOnFailure = keepOnFailure || Boolean.getBoolean(KEEP);
    }

    static ExtensionSettings of(MigrationTest test) {
        BaseSchema base = BaseSchema.empty();
        if (test.flyway().length > 0) {
            base = BaseSchema.flyway(test.flyway());
        }
        if (test.sql().length > 0) {
            BaseSchema sql = BaseSchema.sql(test.sql());
            base = test.flyway().length > 0 ? base.and(sql) : sql;
        }
        MigrationSuite suite = MigrationSuite.of(base, test.migrations(), nonEmpty(test.migration()));
        return new ExtensionSettings(
                test.keepGates() ? suite.keepGates() : suite,
                Optional.empty(),
                test.postgres() == 0 ? OptionalInt.empty() : OptionalInt.of(test.postgres()),
                nonEmpty(test.database()),
                test.keepOnFailure());
    }

    private static Optional<String> nonEmpty(String text) {
        return Optional.of(text).filter(given -> !given.isEmpty());
    }

    /** The server of a test, whose class may run on several versions. */
    PostgresServer server(OptionalInt matrix) {
        OptionalInt chosen = matrix.isPresent() ? matrix : major;
        if (server.isPresent()) {
            if (chosen.isPresent() && chosen.getAsInt() != server.get().majorVersion()) {
                throw new ExtensionConfigurationException(
                        "The test asks for PostgreSQL %d, and its server, %s, is %d: leave one of the two out."
                                .formatted(
                                        chosen.getAsInt(),
                                        server.get(),
                                        server.get().majorVersion()));
            }
            return server.get();
        }
        return chosen.isPresent() ? PostgresServer.shared(chosen.getAsInt()) : PostgresServer.shared();
    }
}
