package dev.migrator.pg;

import dev.migrator.Identifier;
import dev.migrator.MigratorException;
import dev.migrator.pg.internal.sql.CurrentSchema;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import java.util.Optional;
import javax.sql.DataSource;

/** What is asked of a database once, when it is first needed. Safe for use by many threads. */
final class Server {
    private static final int OLDEST = 14;

    private final DataSource source;
    private Optional<Row> known = Optional.empty();

    /** Asks nothing yet. */
    Server(DataSource source) {
        this.source = source;
    }

    /**
     * Whether it can be worked with.
     *
     * @throws dev.migrator.engine.StepFailure if the database can't be reached
     * @throws MigratorException if the server is too old
     */
    void check() {
        ask();
    }

    /** The database's name. */
    String database() {
        return ask().text("name");
    }

    /** The connection's current schema, in which tables lie that are named without one. */
    Identifier schema() {
        return Identifier.of(ask().text("schema"));
    }

    private synchronized Row ask() {
        if (known.isEmpty()) {
            Row row = Session.with(source, session -> session.query(
                            """
                            SELECT pg_catalog.current_database() AS name,
                                %s AS schema,
                                pg_catalog.current_setting('server_version_num')::pg_catalog.int4 AS number,
                                pg_catalog.current_setting('server_version') AS version"""
                                    .formatted(CurrentSchema.SQL))
                    .get(0));
            checkVersion(row.text("name"), row.number("number"), row.text("version"));
            known = Optional.of(row);
        }
        return known.get();
    }

    static void checkVersion(String database, long number, String version) {
        if (number < OLDEST * 10_000) {
            throw new MigratorException("Database " + database + " is on PostgreSQL " + version
                    + ", which can't scan a range of a table's blocks; the migrator needs PostgreSQL " + OLDEST
                    + " or later. Nothing was done.");
        }
    }
}
