package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Phase;
import dev.migrator.Shape;
import dev.migrator.Uses;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Transactions of an instance's own data source begin at the server's entrance. */
class EntranceTest extends ReleaseSite {
    private static int count(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM users")) {
            row.next();
            return row.getInt(1);
        }
    }

    @Test
    void aTransactionKeepsTheShapeWithWhichItBeganAndHoldsContractOffUntilItEnds() throws Exception {
        PostgresMigrator migrator = migrator("2.0", NAME);
        arrives(migrator, Phase.BACKFILL);
        try (ApplicationInstance instance = migrator.register(uses(Uses.BOTH))) {
            DataSource source = instance.dataSource();
            try (Connection before = source.getConnection();
                    Connection after = source.getConnection()) {
                before.setAutoCommit(false);
                after.setAutoCommit(false);
                assertThat(instance.shape(before, NAME.id())).isEqualTo(Shape.OLD);
                arrives(migrator, Phase.VALIDATE);
                until(() -> instance.shape(NAME.id()) == Shape.NEW);
                until(() -> migrator.instances().get(0).uses().values().stream()
                        .allMatch(InstanceStatus.Use::acknowledged));
                assertThat(instance.shape(after, NAME.id())).isEqualTo(Shape.NEW);
                before.setAutoCommit(false);
                before.rollback(before.setSavepoint());
                assertThat(instance.shape(before, NAME.id())).isEqualTo(Shape.OLD);
                after.commit();
                waits(to(migrator, Phase.CONTRACT), "is from before the instances changed over");
                assertThat(count(before)).isEqualTo(100);
                before.commit();
                assertThat(instance.shape(before, NAME.id())).isEqualTo(Shape.NEW);
                before.rollback();
            }
            // Until the next sign of life it is not certain when the acknowledgement was committed.
            until(() -> !database.queryBoolean(
                    "SELECT acknowledged_at = 'infinity' FROM migrator.instance_migration WHERE uses = 'BOTH'"));
            arrives(migrator, Phase.CONTRACT);
        }
    }

    @Test
    void whoseLeaseHasRunOutIsRefusedByTheServerWhateverItThinksAndMayTryAgain() throws Exception {
        PostgresMigrator migrator = migrator("2.0", NAME);
        arrives(migrator, Phase.BACKFILL);
        InstanceSettings slow = InstanceSettings.defaults()
                .withLeaseTime(Duration.ofMinutes(10))
                .withoutListening()
                .withUses(NAME.id(), Uses.BOTH);
        try (ApplicationInstance instance = migrator.register(slow);
                Connection connection = instance.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            assertThat(count(connection)).isEqualTo(100);
            connection.commit();
            arrives(migrator, Phase.VALIDATE);
            // It has heard of nothing yet, so that this is still its shape.
            assertThat(instance.shape(connection, NAME.id())).isEqualTo(Shape.OLD);
            connection.commit();
            waits(to(migrator, Phase.CONTRACT), "has not acknowledged the new shape");
            database.execute("UPDATE migrator.instance SET expires_at = now() - interval '1s'");
            assertThat(instance.isLive()).isTrue();
            assertThatThrownBy(() -> count(connection))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("40001"))
                    .hasMessageContainingAll(instance.id(), "lease has run out", "Try the transaction again");
            // The refusal woke its heart, ten minutes before its time.
            until(() -> migrator.instances().size() == 1);
            assertThat(instance.shape(connection, NAME.id())).isEqualTo(Shape.NEW);
            connection.rollback();
            instance.close();
            assertThatThrownBy(() -> count(connection)).hasMessageContaining("is closed");
        }
    }

    @Test
    void statementsInAutocommitModeEnterAndCommitEachForItself() throws Exception {
        PostgresMigrator migrator = migrator("1.0", NAME);
        arrives(migrator, Phase.EXPAND);
        try (ApplicationInstance instance = migrator.register(uses(Uses.OLD));
                Connection connection = instance.dataSource().getConnection();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO users VALUES (?, 'x')")) {
            insert.setInt(1, 101);
            assertThat(insert.executeUpdate()).isEqualTo(1);
            insert.setInt(1, 102);
            insert.addBatch();
            insert.setInt(1, 103);
            insert.addBatch();
            assertThat(insert.executeBatch()).containsExactly(1, 1);
            assertThat(connection.getAutoCommit()).isTrue();
            try (Statement statement = connection.createStatement()) {
                statement.setFetchSize(10);
                try (ResultSet rows = statement.executeQuery("SELECT id FROM users ORDER BY id")) {
                    for (int id = 1; id <= 103; id++) {
                        assertThat(rows.next()).isTrue();
                        assertThat(rows.getInt(1)).isEqualTo(id);
                    }
                }
                assertThat(statement.getFetchSize()).isEqualTo(10);
            }
            assertThatThrownBy(() -> {
                        insert.setInt(1, 1);
                        insert.executeUpdate();
                    })
                    .hasMessageContaining("users_pkey");
            assertThat(count(connection)).isEqualTo(103);
            assertThat(database.queryLong("SELECT count(*) FROM users")).isEqualTo(103);
            assertThatThrownBy(() -> instance.shape(connection, NAME.id()))
                    .hasMessageContaining("setAutoCommit(false)");
            try (Statement statement = connection.createStatement()) {
                assertThatThrownBy(() -> statement.execute(" BEGIN"))
                        .isInstanceOf(SQLFeatureNotSupportedException.class);
            }
            // Who ends a transaction by a statement has to enter again.
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT 1");
                statement.execute("COMMIT");
                database.execute("DELETE FROM migrator.instance");
                assertThatThrownBy(() -> statement.execute("SELECT 1")).hasMessageContaining("does not count as live");
            }
        }
    }

    @Test
    void withNothingToDoAStartIsOneStatementAndATransactionOneMore() throws Exception {
        arrives(migrator("2.0", NAME), Phase.VALIDATE);
        migrator("2.0", NAME).approve(NAME.id(), Phase.CONTRACT, "ann", "nobody is there");
        arrives(migrator("2.0", NAME), Phase.PURGE);
        FaultyDataSource counting = FaultyDataSource.over(database.dataSource(), FaultPlan.none());
        PostgresMigrator migrator = migrator(counting, "2.0", NAME);
        StartSettings settings = StartSettings.of(
                InstanceSettings.defaults().withUses(NAME.id(), Uses.NEW).withoutListening());
        try (ApplicationInstance instance = migrator.start(settings)) {
            assertThat(counting.count()).isEqualTo(1);
            DataSource source = instance.dataSource();
            assertThat(counting.count()).isEqualTo(2);
            try (Connection connection = source.getConnection()) {
                connection.setAutoCommit(false);
                count(connection);
                connection.commit();
                long before = counting.count();
                count(connection);
                count(connection);
                connection.commit();
                assertThat(counting.count() - before)
                        .as("enter, two statements and the commit")
                        .isEqualTo(4);
            }
        }
    }
}
