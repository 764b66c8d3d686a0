package dev.migrator.pg.internal.state;

import dev.migrator.Identifier;
import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.sql.SqlErrors;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.logging.LogFactory;
import org.flywaydb.core.api.migration.JavaMigration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the scripts of the state schema by Flyway, with a history table of its own in that schema.
 *
 * <p>Flyway takes a transaction-level advisory lock on one connection and runs each script in a transaction on another.
 * Each script gives up after a short wait for a lock.
 */
final class Installation {
    private static final Logger LOG = LoggerFactory.getLogger(Installation.class);

    /** The scripts, each of which makes the version that is its place here. Once released, a script never changes. */
    private static final List<String> SCRIPTS = List.of(
            "V1__state_tables.sql",
            "V2__workers.sql",
            "V3__releases.sql",
            "V4__entrance.sql",
            "V5__same_content.sql",
            "V6__transactions_from_before.sql",
            "V7__rows_as_they_were.sql");

    /** The version that this library knows. */
    static final int VERSION = SCRIPTS.size();

    private static final int TRIES = 5;
    private static final Duration PAUSE = Duration.ofMillis(200);

    /** Flyway's log is one for the whole process. */
    private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

    private final DataSource source;
    private final Identifier schema;

    Installation(DataSource source, Identifier schema) {
        this.source = source;
        this.schema = schema;
    }

    /**
     * Installs, unless somebody else does so meanwhile.
     *
     * @param isDone whether the schema is up to date
     */
    void run(BooleanSupplier isDone) {
        if (schema.quoted().contains(StateScript.DOLLAR_TAG)) {
            throw new StepFailure(
                    ErrorClass.PERMANENT,
                    "",
                    "The state schema can't be called " + schema.quoted() + ": the name contains "
                            + StateScript.DOLLAR_TAG + ", by which the migrator's functions are quoted. Nothing was"
                            + " changed; choose another name.",
                    Optional.empty());
        }
        ONE_AT_A_TIME.lock();
        try {
            for (int tries = 1; !isDone.getAsBoolean(); tries++) {
                if (tryOnce(isDone, tries == TRIES)) {
                    LOG.info("State schema {}: installed, version {}", schema.quoted(), VERSION);
                    return;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        } finally {
            ONE_AT_A_TIME.unlock();
        }
    }

    private boolean tryOnce(BooleanSupplier isDone, boolean last) {
        try {
            Flyway flyway = flyway();
            LogFactory.setLogCreator(QuietLog::new);
            try {
                flyway.migrate();
            } finally {
                LogFactory.setConfiguration(flyway.getConfiguration());
            }
            return true;
        } catch (FlywayException e) {
            LOG.debug("State schema {}: not installed", schema.quoted(), e);
            if (!isDone.getAsBoolean()) {
                StepFailure failure = failure(e);
                if (last || failure.errorClass() == ErrorClass.PERMANENT) {
                    throw failure;
                }
            }
            return false;
        }
    }

    private Flyway flyway() {
        return Flyway.configure(new PlainClassLoader(StateSchema.class.getClassLoader()))
                .dataSource(PoolerSafe.source(source))
                .defaultSchema(schema.value())
                .schemas(schema.value())
                .createSchemas(true)
                .table("flyway_schema_history")
                // A schema may well be called "${x}"; the scripts replace their placeholder themselves.
                .placeholderReplacement(false)
                .skipDefaultResolvers(true)
                .skipDefaultCallbacks(true)
                .resourceProvider(new NoResources())
                .javaMigrationClassProvider(List::of)
                .javaMigrations(SCRIPTS.stream()
                        .map(script -> new StateScript(script, schema))
                        .toArray(JavaMigration[]::new))
                .load();
    }

    private StepFailure failure(FlywayException e) {
        String what = "The state schema " + schema.quoted() + " could not be installed or brought to version " + VERSION
                + ", for which two connections are taken at once";
        Throwable cause = e;
        while (cause != null && !(cause instanceof SQLException)) {
            cause = cause.getCause();
        }
        if (cause instanceof SQLException sql) {
            // Scripts are transactions, and one that was committed is skipped the next time: it may be tried again.
            return StateDatabase.repeatable(SqlErrors.failure(what, sql));
        }
        return new StepFailure(ErrorClass.PERMANENT, "", what + ": " + e.getMessage(), Optional.of(e));
    }
}
