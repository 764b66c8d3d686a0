package dev.migrator.pg;

import dev.migrator.Identifier;
import dev.migrator.pg.internal.state.StateSchema;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;

/** Databases for tests that need the state tables and do not care how they came there. */
public final class Databases {
    private static final String KEY = "the state tables in the schema migrator";

    private Databases() {}

    /** A database with the state tables, on the server of this JVM. */
    public static TestDatabase withStateTables() {
        return withStateTables(PostgresServer.shared());
    }

    /** A database with the state tables. */
    public static TestDatabase withStateTables(PostgresServer server) {
        return server.template(
                        KEY, database -> new StateSchema(database.dataSource(), Identifier.of("migrator")).install())
                .createDatabase();
    }
}
