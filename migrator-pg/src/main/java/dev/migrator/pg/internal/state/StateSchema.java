package dev.migrator.pg.internal.state;

import dev.migrator.Identifier;
import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.sql.SqlErrors;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * The schema that holds the state tables: whether it is there, and its installation.
 *
 * <p>A newer library may have brought the schema to a version that this one does not know. It still reads it then, and says
 * so instead of migrating.
 */
public final class StateSchema {
    /** The version is read from the catalog, off a function's body: absence is no error, and no right is needed. */
    private static final String LOOK =
            """
            SELECT (SELECT (pg_catalog.regexp_match(p.prosrc, '^SELECT ([0-9]+)$'))[1]
                    FROM pg_catalog.pg_proc AS p
                    WHERE p.pronamespace = n.oid AND p.proname = 'state_version' AND p.pronargs = 0
                   ) AS version,
                n.oid IS NOT NULL AS present,
                pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') AS may_create_schema,
                pg_catalog.has_schema_privilege(n.oid, 'USAGE')
                    AND pg_catalog.has_schema_privilege(n.oid, 'CREATE') AS may_create_in,
                current_user AS me,
                pg_catalog.current_database() AS here
            FROM (SELECT 1) AS one
            LEFT JOIN pg_catalog.pg_namespace AS n ON n.nspname = ?""";

    private final DataSource source;
    private final Identifier schema;

    /**
     * The state schema of a database; nothing is asked of the database yet.
     *
     * @param source where connections come from; an installation takes two at once
     * @param schema the schema's name
     */
    public StateSchema(DataSource source, Identifier schema) {
        this.source = source;
        this.schema = schema;
    }

    /** Whether the state tables are there, of whatever version. One query, which needs no right on the schema. */
    public boolean isInstalled() {
        return look().version().isPresent();
    }

    /**
     * Installs the state tables or brings them up to date; asks one query, and nothing more if they are. Any number of
     * processes may do this at once.
     *
     * @throws StepFailure if they belong to a newer library, or can't be installed; nothing is left half done
     */
    public void install() {
        Found found = look();
        long version = found.version().orElse(0L);
        if (version > Installation.VERSION) {
            throw permanent("The state schema " + schema.quoted() + " has version " + version + ", this library knows "
                    + Installation.VERSION + ": use the newer release that installed it, or one after that."
                    + " Nothing was changed.");
        }
        if (version < Installation.VERSION) {
            checkMayInstall(found);
            new Installation(source, schema).run(() -> look().version().orElse(0L) >= Installation.VERSION);
        }
    }

    /**
     * What there is.
     *
     * @param version the version of the state tables; empty if there are none
     * @param exists whether there is a schema of that name
     * @param mayCreateSchema whether this user may create schemas
     * @param mayCreateIn whether this user may create tables in the schema
     * @param user this user
     * @param database this database
     */
    private record Found(
            Optional<Long> version,
            boolean exists,
            boolean mayCreateSchema,
            boolean mayCreateIn,
            String user,
            String database) {}

    private Found look() {
        try (Session session = Session.open(source)) {
            return found(session.tryQuery(LOOK, schema.value()).get(0));
        } catch (SQLException e) {
            throw StateDatabase.repeatable(
                    SqlErrors.failure("Looking whether the state schema " + schema.quoted() + " is installed", e));
        }
    }

    private static Found found(Row row) {
        return new Found(
                row.optionalText("version").map(Long::parseLong),
                row.isTrue("present"),
                row.isTrue("may_create_schema"),
                row.isTrue("may_create_in"),
                row.text("me"),
                row.text("here"));
    }

    private void checkMayInstall(Found found) {
        Identifier user = Identifier.of(found.user());
        if (!found.exists() && !found.mayCreateSchema()) {
            throw permanent("The state schema " + schema.quoted() + " is not there, and user " + user.quoted()
                    + " may not create it in database " + found.database() + ". Nothing was changed. An owner of the"
                    + " database says either CREATE SCHEMA " + schema.quoted() + " AUTHORIZATION " + user.quoted()
                    + " or GRANT CREATE ON DATABASE "
                    + Identifier.of(found.database()).quoted() + " TO " + user.quoted() + ".");
        }
        if (found.exists() && !found.mayCreateIn()) {
            throw permanent("User " + user.quoted() + " may not create the state tables in schema " + schema.quoted()
                    + " of database " + found.database() + ". Nothing was changed. The schema's owner says GRANT USAGE,"
                    + " CREATE ON SCHEMA " + schema.quoted() + " TO " + user.quoted() + ".");
        }
    }

    private static StepFailure permanent(String message) {
        return new StepFailure(ErrorClass.PERMANENT, "", message, Optional.empty());
    }
}
