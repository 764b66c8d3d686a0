package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Gate;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Shape;
import dev.migrator.Uses;
import dev.migrator.test.BackgroundSession;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** What a user could do around the entrance, and what an instance must not be told. */
class EntranceEdgesTest extends ReleaseSite {
    private static final Migration OTHER = Migration.builder(NAME.id())
            .renameColumn("users", "name", "fullname")
            .gates(Phase.CONTRACT, new Gate.Releases())
            .gates(Phase.PURGE)
            .build();

    private static final List<String> BEGINNINGS = List.of(
            "BEGIN",
            "/* app */ begin",
            "-- x\nbegin",
            "; begin",
            "start   transaction read only",
            "/* a * b */ -- c\n ;Begin Work",
            "COMMIT AND CHAIN",
            "/*x*/ rollback work and  chain");

    private static Statement updatable(Connection connection) throws SQLException {
        return connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE);
    }

    @Test
    void aClosedInstanceBeginsNothingWhateverTheWay() throws Exception {
        PostgresMigrator migrator = migrator("2.0", NAME);
        arrives(migrator, Phase.BACKFILL);
        ApplicationInstance instance = migrator.register(uses(Uses.BOTH));
        DataSource source = instance.dataSource();
        try (Connection connection = source.getConnection();
                Statement statement = updatable(connection)) {
            ResultSet rows = statement.executeQuery("SELECT id, name FROM users WHERE id = 1");
            assertThat(rows.next()).isTrue();
            assertThat(rows.getStatement().getConnection()).isSameAs(connection);
            assertThat(connection.getMetaData().getConnection()).isSameAs(connection);
            instance.close();
            rows.updateString("name", "too late");
            assertThatThrownBy(rows::updateRow)
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08003"))
                    .hasMessageContaining("is closed; it begins no transaction any more");
            assertThatThrownBy(() -> statement.execute("DELETE FROM users")).hasMessageContaining("is closed");
            connection.setAutoCommit(false);
            assertThatThrownBy(() -> connection.unwrap(PGConnection.class)).hasMessageContaining("is closed");
        }
        assertThat(database.queryString("SELECT name FROM users WHERE id = 1")).isEqualTo("user 1");
    }

    @Test
    void rowsAreWrittenThroughALiveOne() throws Exception {
        PostgresMigrator migrator = migrator("2.0", NAME);
        arrives(migrator, Phase.BACKFILL);
        try (ApplicationInstance instance = migrator.register(uses(Uses.BOTH));
                Connection connection = instance.dataSource().getConnection();
                Statement statement = updatable(connection);
                ResultSet rows = statement.executeQuery("SELECT id, name FROM users WHERE id = 1")) {
            rows.next();
            rows.updateString("name", "in time");
            rows.updateRow();
            assertThat(database.queryString("SELECT full_name FROM users WHERE id = 1"))
                    .isEqualTo("in time");
            assertThatThrownBy(() -> instance.shape(database.connect(), NAME.id()))
                    .hasMessageContaining("take it from ApplicationInstance.dataSource()");
        }
    }

    @Test
    void noStatementBeginsATransactionByItself() throws Exception {
        PostgresMigrator migrator = migrator("2.0", NAME);
        arrives(migrator, Phase.BACKFILL);
        try (ApplicationInstance instance = migrator.register(uses(Uses.BOTH));
                Connection connection = instance.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : BEGINNINGS) {
                for (boolean auto : List.of(true, false)) {
                    connection.setAutoCommit(auto);
                    assertThatThrownBy(() -> statement.execute(sql))
                            .as(sql)
                            .isInstanceOf(SQLFeatureNotSupportedException.class)
                            .hasMessageContaining("begins none by a statement");
                }
            }
            statement.execute("SELECT 'begin' AS beginning -- begin");
            connection.rollback();
        }
    }

    @Test
    void whoKnowsAnotherContentIsNotTakenToAShapeThatItDoesNotKnow() throws Exception {
        try (ApplicationInstance other =
                        migrator("1.0", NAME).register(uses(Uses.BOTH).withLeaseTime(Duration.ofSeconds(3)));
                Connection connection = other.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            PostgresMigrator migrator = migrator("2.0", OTHER);
            arrives(migrator, Phase.VALIDATE);
            waits(to(migrator, Phase.CONTRACT), "knows the migration with another content");
            // Two signs of life later it would have been told.
            until(
                    () -> database.queryBoolean(
                            "SELECT heartbeat_at > (SELECT phase_completed_at + interval '3 s' FROM migrator.migration) FROM migrator.instance"));
            assertThat(other.shape(NAME.id())).isEqualTo(Shape.OLD);
            assertThat(other.shape(connection, NAME.id())).isEqualTo(Shape.OLD);
            connection.rollback();
        }
    }

    @Test
    void sessionsWithTheDriversNameBelongToNobody() throws Exception {
        DataSource nameless = database.dataSource(Map.of("ApplicationName", "PostgreSQL JDBC Driver"));
        PostgresMigrator migrator = migrator(nameless, "2.0", NAME);
        arrives(migrator, Phase.VALIDATE);
        try (ApplicationInstance instance = migrator.register(uses(Uses.NEW).withoutListening());
                BackgroundSession old = BackgroundSession.holding(
                        database, "SET application_name = 'PostgreSQL JDBC Driver'; SELECT 1")) {
            assertThat(old.pid()).isPositive();
            assertThat(instance.advice())
                    .anySatisfy(advice -> assertThat(advice).startsWith("ApplicationName is not set"));
            waits(
                    to(migrator, Phase.CONTRACT),
                    "(application PostgreSQL JDBC Driver) can't be told from those of other applications");
        }
    }

    @Test
    void closingStopsWhatIsDoneBehindAndBeginsNoFurtherPhase() throws Exception {
        database.execute("INSERT INTO users SELECT g, 'user ' || g FROM generate_series(101, 150000) g");
        PostgresMigrator migrator = PostgresMigrator.builder(database.pool())
                .release("2.0")
                .migrations(List.of(NAME))
                .build();
        ApplicationInstance instance = migrator.start(StartSettings.of(uses(Uses.BOTH)));
        until(() -> migrator.status(NAME.id()).get(0).position().phase() == Phase.BACKFILL);
        instance.close();
        MigrationStatus left = migrator.status(NAME.id()).get(0);
        assertThat(left.position().phase()).isEqualTo(Phase.BACKFILL);
        assertThat(left.error()).isEmpty();
        assertThat(migrator.history(NAME.id()))
                .noneMatch(event ->
                        event.phase() == Phase.VALIDATE || event.event().equals("failed"));
        arrives(migrator, Phase.VALIDATE);
    }

    @Test
    void settingsWithoutSenseAreRefused() {
        assertThatThrownBy(() -> InstanceSettings.defaults().withLeaseTime(Duration.ofDays(100)))
                .hasMessageContaining("it must be a day or less");
        assertThatThrownBy(() -> InstanceSettings.defaults().withWaitFor(Duration.ofSeconds(-3)))
                .hasMessageContaining("waitFor: must not be negative");
    }
}
