package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.migrator.Gate;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Uses;
import dev.migrator.engine.EngineListener;
import dev.migrator.engine.Outcome;
import dev.migrator.test.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** A column changes its type under its own name, while statements on it are prepared on the server. */
class PreparedStatementsTest extends ReleaseSite {
    private static final Migration TYPE = Migration.builder("0002_type")
            .changeType("users", "name", "varchar(40)")
            .gates(Phase.CONTRACT, new Gate.Releases())
            .gates(Phase.PURGE)
            .build();
    private static final String READ = "SELECT name FROM users WHERE id = ?";

    private static String read(PreparedStatement statement) throws SQLException {
        statement.setInt(1, 7);
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }

    private static HikariDataSource pool(TestDatabase database) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(database.dataSource(Map.of("ApplicationName", "pool")));
        config.setMaximumPoolSize(8);
        return new HikariDataSource(config);
    }

    @Test
    void withoutTheInstancesCareAPreparedStatementFailsInsideOfATransaction() throws Exception {
        PostgresMigrator migrator = migrator("2.0", TYPE);
        assertThat(migrator.migrate(Phase.VALIDATE).get(0).outcome()).isInstanceOf(Outcome.Arrived.class);
        migrator.approve(TYPE.id(), Phase.CONTRACT, "ann", "nobody is there");
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement(READ)) {
            connection.setAutoCommit(false);
            for (int i = 0; i < 10; i++) {
                assertThat(read(statement)).isEqualTo("user 7");
                connection.commit();
            }
            assertThat(migrator.migrate(Phase.CONTRACT).get(0).outcome()).isInstanceOf(Outcome.Arrived.class);
            assertThatThrownBy(() -> read(statement)).hasMessageContaining("cached plan must not change");
            connection.rollback();
        }
    }

    @Test
    void throughTheInstanceNoneFailsOnTheWholeWayThereAndBack() throws Exception {
        try (HikariDataSource pool = pool(database)) {
            PostgresMigrator migrator = migrator(database.dataSource(), "2.0", TYPE);
            migrator.migrate(Phase.EXPAND);
            InstanceSettings settings = InstanceSettings.defaults()
                    .withLeaseTime(Duration.ofSeconds(1))
                    .withUses(TYPE.id(), Uses.BOTH);
            AtomicReference<Throwable> failure = new AtomicReference<>();
            AtomicLong reads = new AtomicLong();
            AtomicBoolean stop = new AtomicBoolean();
            try (ApplicationInstance instance = migrator(pool, "2.0", TYPE).register(settings)) {
                List<Thread> readers = List.of(
                        new Thread(() -> readUntil(stop, instance.dataSource(), reads, failure)),
                        new Thread(() -> readUntil(stop, instance.dataSource(), reads, failure)));
                readers.forEach(Thread::start);
                try {
                    for (Phase phase : List.of(Phase.VALIDATE, Phase.CONTRACT)) {
                        until(() -> arrivesAt(migrator, phase));
                        awaitReads(reads, failure);
                    }
                    until(() -> migrator.rollback(TYPE.id(), Optional.of(Phase.VALIDATE)) instanceof Outcome.Arrived);
                    awaitReads(reads, failure);
                } finally {
                    stop.set(true);
                    for (Thread reader : readers) {
                        reader.join();
                    }
                }
            }
            assertThat(failure.get()).isNull();
        }
    }

    @Test
    void tablesChangeWhenTransactionsHaveEndedThatEnteredBefore() throws Exception {
        AtomicBoolean waited = new AtomicBoolean();
        PostgresMigrator migrator = PostgresMigrator.builder(database.dataSource())
                .migrations(List.of(TYPE))
                .listener(new EngineListener() {
                    @Override
                    public void waits(String migration, String reason) {
                        waited.compareAndSet(false, reason.contains("that may use prepared statements"));
                    }
                })
                .build();
        migrator.migrate(Phase.VALIDATE);
        InstanceSettings settings = InstanceSettings.defaults().withUses(TYPE.id(), Uses.BOTH);
        try (ApplicationInstance instance =
                        migrator(database.dataSource(), "2.0", TYPE).register(settings);
                Connection connection = instance.dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement(READ)) {
            connection.setAutoCommit(false);
            for (int i = 0; i < 10; i++) {
                read(statement);
                connection.commit();
            }
            instance.shape(connection, TYPE.id());
            Thread contract = new Thread(() -> until(() -> arrivesAt(migrator, Phase.CONTRACT)));
            contract.start();
            until(() -> waited.get() || !contract.isAlive());
            assertThat(read(statement)).isEqualTo("user 7");
            connection.commit();
            contract.join();
            assertThat(read(statement)).isEqualTo("user 7");
            connection.commit();
        }
    }

    @Test
    void aPoolWhoseTransactionsDoNotEnterReplacesItsConnectionsWhenTablesHaveChanged() throws Exception {
        try (HikariDataSource pool = pool(database);
                ApplicationInstance instance = migrator(pool, "2.0", TYPE)
                        .register(QUICK.withUses(TYPE.id(), Uses.BOTH).withoutListening())) {
            assertThat(instance.advice()).singleElement().asString().contains("prepareThreshold=5", "autosave=never");
            List<String> before = sessions();
            assertThat(before).isNotEmpty();
            migrator("2.0", TYPE).migrate(Phase.EXPAND);
            until(() -> sessions().stream().noneMatch(before::contains));
        }
        try (ApplicationInstance careful = migrator(
                        database.dataSource(Map.of("autosave", "conservative")), "2.0", TYPE)
                .register(QUICK.withUses(TYPE.id(), Uses.BOTH).withoutListening())) {
            assertThat(careful.advice()).isEmpty();
        }
    }

    private List<String> sessions() {
        return database.queryStrings("SELECT pid FROM pg_stat_activity WHERE application_name = 'pool'");
    }

    private static boolean arrivesAt(PostgresMigrator migrator, Phase phase) {
        return migrator.migrate(phase).get(0).outcome() instanceof Outcome.Arrived;
    }

    private static void awaitReads(AtomicLong reads, AtomicReference<Throwable> failure) {
        long before = reads.get();
        until(() -> failure.get() != null || reads.get() > before + 200);
    }

    /** One thread reads by a statement that it keeps, with two reads in each transaction. */
    private static void readUntil(
            AtomicBoolean stop, DataSource source, AtomicLong reads, AtomicReference<Throwable> failure) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(READ)) {
            connection.setAutoCommit(false);
            while (!stop.get()) {
                assertThat(read(statement)).isEqualTo("user 7");
                assertThat(read(statement)).isEqualTo("user 7");
                connection.commit();
                reads.incrementAndGet();
            }
        } catch (SQLException | AssertionError e) {
            failure.set(e);
        }
    }
}
