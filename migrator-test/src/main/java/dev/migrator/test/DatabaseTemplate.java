package dev.migrator.test;

import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A database to which nobody connects and of which each test gets a copy; made by {@link PostgresServer#template}.
 *
 * <p>Each copy has an owner of its own, to whom all belongs in it that belonged to the template's. It stays until its server stops;
 * on a server that runs already until the JVM ends. Thread-safe.
 */
public final class DatabaseTemplate {
    private final String key;
    private final TestDatabase database;
    private final Templates templates;

    DatabaseTemplate(String key, TestDatabase database, Templates templates) {
        this.key = key;
        this.database = database;
        this.templates = templates;
    }

    /** A new copy with a name of its own; the caller closes it. */
    public TestDatabase createDatabase() {
        return database.copy(Optional.empty());
    }

    /**
     * A new copy with a given name; the caller closes it.
     *
     * @throws DatabaseNameTakenException if there is a database of that name on the server
     */
    public TestDatabase createDatabase(String name) {
        try {
            return database.copy(Optional.of(name));
        } catch (SqlFailure e) {
            // The second one is what two at the same moment see.
            if (Set.of("42P04", "23505").contains(e.sqlState())) {
                throw new DatabaseNameTakenException(name, database.server(), e);
            }
            throw e;
        }
    }

    /**
     * A template that begins as a copy of this one; made once, as by {@link PostgresServer#template}.
     *
     * @param more what tells it from others that begin as this one
     * @param preparation what to do in the copy
     * @throws RuntimeException what the preparation has thrown, each time it is asked for
     */
    public DatabaseTemplate extended(String more, Consumer<TestDatabase> preparation) {
        return templates.of(key + "\n" + more, this::createDatabase, preparation);
    }

    @Override
    public String toString() {
        return "template " + database.name() + " of " + key.replace("\n", ", ");
    }
}
