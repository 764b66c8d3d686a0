package dev.migrator.pg;

import dev.migrator.Identifier;
import dev.migrator.Uses;
import dev.migrator.pg.internal.release.EnteringDataSource;
import dev.migrator.pg.internal.release.Entrance;
import dev.migrator.pg.internal.release.InstanceTable;
import dev.migrator.pg.internal.release.InstanceTable.Known;
import dev.migrator.pg.internal.release.Registration;
import dev.migrator.pg.internal.release.RetiredNames;
import dev.migrator.pg.internal.release.Safety;
import dev.migrator.pg.internal.release.ShapedConnection;
import dev.migrator.pg.internal.release.StatementUses;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/** An instance of an application that does one thing at a time, as the dice say; its lease runs out by the server's clock only. */
final class SimulatedInstance {
    private final TestDatabase database;
    private final int number;
    private final Random random;
    private Uses uses = Uses.BOTH;
    private Registration registration;
    private Connection connection;
    private boolean open;
    private boolean usesNew;
    private int deafFor;
    private int pending;
    private int inserted;
    private long committed;
    private long statements;
    private long refused;

    SimulatedInstance(TestDatabase database, int number, long seed) throws SQLException {
        this.database = database;
        this.number = number;
        this.random = new Random(seed);
        this.registration = registration();
        this.connection = connect();
        registration.register();
    }

    long committed() {
        return committed;
    }

    long statements() {
        return statements;
    }

    long refused() {
        return refused;
    }

    private Registration registration() {
        List<Known> known = List.of(new Known(
                InstanceSimulationTest.SIMULATED.id(), InstanceSimulationTest.SIMULATED.checksum(), uses, true));
        return new Registration(
                "simulated/" + number + "/" + UUID.randomUUID(),
                "1." + number,
                database.dataSource(),
                new InstanceTable(sql()),
                known,
                new Safety(List.of(InstanceSimulationTest.SIMULATED), known),
                Duration.ofHours(1),
                false);
    }

    private static StateSql sql() {
        return new StateSql(Identifier.of("migrator"), StateSql.DATABASE);
    }

    private Connection connect() throws SQLException {
        Entrance entrance = new Entrance(sql(), registration.id(), () -> refused++);
        Connection opened = new EnteringDataSource(
                        database.dataSource(), entrance, new RetiredNames(List.of()), new StatementUses(List.of()))
                .getConnection();
        opened.setAutoCommit(false);
        return opened;
    }

    /** Does the next thing. */
    void act() throws SQLException {
        int dice = random.nextInt(100);
        deafFor = Math.max(0, deafFor - 1);
        // Most transactions are short, so that the engine finds a moment in which nobody is at the table.
        if (open && dice < 75) {
            commit();
        } else if (open && dice < 85) {
            write();
        } else if (dice < 25) {
            begin();
            write();
        } else if (dice < 85) {
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        } else if (dice < 93) {
            beat();
        } else if (dice == 93 && random.nextInt(10) == 0) {
            // It goes on, and takes itself for live.
            deafFor = 400;
            database.execute("UPDATE migrator.instance SET expires_at = now() - interval '1s' WHERE instance = '"
                    + registration.id() + "'");
        } else if (dice > 96 && deafFor == 0) {
            restart();
        }
    }

    private void begin() throws SQLException {
        try {
            boolean told = connection.unwrap(ShapedConnection.class).usesNew(InstanceSimulationTest.SIMULATED.id());
            usesNew = uses == Uses.NEW || (uses == Uses.BOTH && told);
            open = true;
        } catch (SQLException e) {
            if (!"40001".equals(e.getSQLState())) {
                throw e;
            }
            // As an instance's heart does, which is woken by this.
            beat();
        }
    }

    private void beat() throws SQLException {
        // One that is not safe any more becomes another release.
        if (deafFor == 0 && !registration.beat().isEmpty()) {
            restart();
        }
    }

    private void write() throws SQLException {
        if (!open) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            String column = usesNew ? "full_name" : "name";
            int id = 1000 * (number + 1) + 100_000 * (inserted / 1000) + inserted % 1000;
            statement.execute("INSERT INTO users (id, " + column + ") VALUES (" + id + ", 'user " + id + "')");
            statement.execute("UPDATE users SET " + column + " = " + column + " WHERE id = "
                    + (1 + 10 * number + random.nextInt(10)));
            inserted++;
            pending++;
            statements += 2;
        } catch (SQLException e) {
            // Whoever waits for the engine's lock while the engine waits for it, as ever.
            if (!"40P01".equals(e.getSQLState())) {
                throw e;
            }
            connection.rollback();
            pending = 0;
            open = false;
        }
    }

    private void commit() throws SQLException {
        if (open) {
            connection.commit();
            committed += pending;
            pending = 0;
            open = false;
        }
    }

    /** It is killed, and another one comes up as a release of another kind, or of one that is always safe. */
    private void restart() throws SQLException {
        end();
        database.execute(
                "UPDATE migrator.instance SET expires_at = now() WHERE instance = '" + registration.id() + "'");
        uses = InstanceSimulationTest.KINDS.get(random.nextInt(InstanceSimulationTest.KINDS.size()));
        registration = registration();
        if (!registration.register().isEmpty()) {
            uses = Uses.BOTH;
            registration = registration();
            registration.register();
        }
        connection = connect();
        deafFor = 0;
    }

    void end() throws SQLException {
        connection.rollback();
        connection.close();
        pending = 0;
        open = false;
    }
}
