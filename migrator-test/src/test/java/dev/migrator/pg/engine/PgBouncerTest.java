package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.Outcome;
import dev.migrator.pg.PostgresMigrator;
import dev.migrator.pg.PostgresMigratorBuilder;
import dev.migrator.test.PgBouncer;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.SchemaSnapshot;
import dev.migrator.test.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real PgBouncer in transaction mode between, which the application shares; only where one is installed. */
class PgBouncerTest {
    private static final Migration MIGRATION = Samples.EVERY_OPERATION;
    private static final int BACKENDS = 5;

    private Optional<TestDatabase> made = Optional.empty();

    @BeforeEach
    void createDatabase() {
        assumeThat(PgBouncer.missing()).isEmpty();
        TestDatabase database = PostgresServer.shared().createDatabase();
        made = Optional.of(database);
        database.execute(Samples.SCHEMA);
    }

    @AfterEach
    void dropDatabase() {
        made.ifPresent(TestDatabase::close);
    }

    private TestDatabase database() {
        return made.orElseThrow();
    }

    private static PostgresMigrator migrator(DataSource source, Optional<DataSource> direct) {
        PostgresMigratorBuilder builder = PostgresMigrator.builder(source).migrations(List.of(MIGRATION));
        direct.ifPresent(builder::directDataSource);
        return builder.build();
    }

    private static Outcome migrate(PostgresMigrator migrator, Phase to) {
        return migrator.migrate(to, MIGRATION.id()).get(0).outcome();
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void withADirectAddressEverythingWorksAndTheApplicationsSessionsStayAsTheyWere(String backslashes)
            throws Exception {
        database()
                .executeAsSuperuser(
                        "ALTER ROLE " + database().user() + " SET standard_conforming_strings = " + backslashes);
        SchemaSnapshot before = database().snapshot("public");
        try (PgBouncer bouncer = PgBouncer.inFrontOf(database(), BACKENDS)) {
            DataSource source = bouncer.dataSource();
            Set<String> settings = settings(source);
            PostgresMigrator migrator = migrator(source, Optional.of(database().dataSource()));
            try (Application application = new Application(source)) {
                assertThat(migrate(migrator, Phase.CONTRACT)).isInstanceOf(Outcome.Arrived.class);
                assertThat(migrator.rollback(MIGRATION.id(), Optional.empty())).isInstanceOf(Outcome.Arrived.class);
                assertThat(before.differences(database().snapshot("public"))).isEmpty();
                assertThat(migrate(migrator, Phase.PURGE)).isInstanceOf(Outcome.Arrived.class);
                application.check();
            }
            assertThat(settings(source)).isEqualTo(settings);
        }
        assertThat(database().queryLong("SELECT count(*) FROM users WHERE shout = upper(full_name)"))
                .isEqualTo(400);
    }

    @Test
    void withoutOneWhatNeedsASessionOfItsOwnIsRefusedAndTheNextRunWithOneGoesOn() throws Exception {
        try (PgBouncer bouncer = PgBouncer.inFrontOf(database(), BACKENDS)) {
            DataSource source = bouncer.dataSource();
            Outcome refused = migrate(migrator(source, Optional.empty()), Phase.PURGE);
            assertThat(refused).isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                    .contains("Migration " + MIGRATION.id() + ", VALIDATE, step", "--direct-url", "Nothing was done"));
            assertThat(database().queryStrings("SELECT relname FROM pg_class WHERE relkind = 'i' AND relname ~ '^mg_'"))
                    .isEmpty();
            Outcome finished = migrate(migrator(source, Optional.of(database().dataSource())), Phase.PURGE);
            assertThat(finished).isInstanceOf(Outcome.Arrived.class);
        }
        assertThat(database().snapshot("public").lines("mg_")).isEmpty();
    }

    /** What is set on the backends that all share, whoever set it. */
    private static Set<String> settings(DataSource source) throws SQLException {
        Set<String> found = new TreeSet<>();
        List<Connection> all = new ArrayList<>();
        try {
            for (int i = 0; i < BACKENDS; i++) {
                Connection connection = source.getConnection();
                all.add(connection);
                connection.setAutoCommit(false);
                try (Statement statement = connection.createStatement();
                        ResultSet rows = statement.executeQuery(
                                "SELECT name || '=' || setting FROM pg_settings"
                                        + " WHERE source = 'session' AND name <> 'application_name' AND name !~ '^transaction_'")) {
                    while (rows.next()) {
                        found.add(rows.getString(1));
                    }
                }
            }
            return found;
        } finally {
            for (Connection connection : all) {
                connection.close();
            }
        }
    }

    /** Writes rows one after the other through the same pooler, in columns that are there all the time. */
    private static final class Application implements AutoCloseable {
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final CompletableFuture<Integer> writes;

        Application(DataSource source) {
            writes = CompletableFuture.supplyAsync(() -> write(source));
        }

        private int write(DataSource source) {
            int n = 0;
            while (!stopped.get()) {
                try (Connection connection = source.getConnection();
                        Statement statement = connection.createStatement()) {
                    statement.executeUpdate("UPDATE users SET team = team % 5 + 1 WHERE id = " + (1 + n++ % 400));
                } catch (SQLException e) {
                    throw new IllegalStateException("write " + n, e);
                }
            }
            return n;
        }

        void check() {
            stopped.set(true);
            assertThat(writes.join()).isPositive();
        }

        @Override
        public void close() {
            stopped.set(true);
        }
    }
}
