package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.EngineListener;
import dev.migrator.pg.execute.Application;
import dev.migrator.test.EngineCrash;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What another tool for live schema changes was seen to do, by its number in the list of its failures; each test of the classes
 * that stand on this one is named after what must not happen here. What can't be met by this version's operations (views, for
 * one) has no number; autovacuum in the way has a test of its own, {@code AutovacuumTest}.
 */
abstract class PeersSite {
    static final int ROWS = 2000;
    static final String RETYPE =
            "- changeType: { table: users, column: n, type: bigint, to: big, up: 'n * 10', down: 'big / 10' }\n";
    static final String RENAME = "- renameColumn: { table: users, column: note, to: remark }\n";

    TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = PostgresServer.shared().createDatabase();
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    void users() {
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, n int, note text)",
                "INSERT INTO users SELECT g, g, repeat('x', 200) FROM generate_series(1, " + ROWS + ") g");
    }

    Rig rig() {
        return Rig.over(database);
    }

    static Migration migration(String operations) {
        return Rig.migration("0001_test", operations);
    }

    long rows(String condition) {
        return database.queryLong("SELECT count(*) FROM users WHERE " + condition);
    }

    /**
     * An engine dies after its n-th statement of a kind, and the time of its lease passes. The first statement that has
     * the text of one that is planned records the plan.
     */
    void dies(Migration migration, Phase phase, Predicate<String> kind, int n) {
        rig();
        try (SessionPool pool = new SessionPool(database.dataSource())) {
            FaultyDataSource faulty = FaultyDataSource.over(pool.dataSource(), FaultPlan.crashAfter(n), kind);
            assertThatThrownBy(() -> Rig.over(database, faulty, EngineListener.NONE)
                            .engine()
                            .migrate(migration, phase, true))
                    .isInstanceOf(EngineCrash.class);
            assertThat(faulty.fired()).isTrue();
        }
        database.execute("UPDATE migrator.control SET expires_at = '-infinity'");
    }

    /** No statement of the application fails while this happens. */
    void whileWriting(IntFunction<String> statements, Runnable work) {
        try (Application application = new Application(database, 2, statements)) {
            work.run();
            application.doesMore(10);
            application.close();
            assertThat(application.failures()).isEmpty();
        }
    }

    static String oldWrite(int n) {
        return n % 2 == 0
                ? "UPDATE users SET n = n + 1 WHERE id = " + (1 + n % ROWS)
                : "INSERT INTO users VALUES (" + (ROWS + n) + ", " + n + ", NULL)";
    }
}
