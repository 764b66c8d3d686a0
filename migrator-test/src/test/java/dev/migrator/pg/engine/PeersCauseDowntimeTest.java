package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.pg.internal.plan.PgPlanner;
import dev.migrator.pg.internal.state.StateSchema;
import dev.migrator.plan.Action;
import dev.migrator.plan.Plan;
import dev.migrator.test.BackgroundSession;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** Where they cause downtime. */
class PeersCauseDowntimeTest extends PeersSite {
    @Test
    void no06NotNullIsInForceBeforeTheTriggerThatFills() {
        users();
        Migration migration = migration(
                """
                - setNotNull: { table: users, column: note, fill: "'none'" }
                - createIndex: { table: users, name: users_n, columns: [ n ] }
                """);
        whileWriting(PeersSite::oldWrite, () -> rig().to(migration, Phase.VALIDATE));
        assertThat(rows("note IS NULL")).isZero();
    }

    @Test
    void no07WritesFailBetweenTheLastColumnAndTheTrigger() {
        users();
        Migration migration = migration(RENAME);
        rig().to(migration, Phase.CONTRACT);
        whileWriting(n -> "INSERT INTO users (id, remark) VALUES (" + (ROWS + n) + ", 'r')", () -> {
            try (BackgroundSession reader = BackgroundSession.holding(database, "BEGIN; SELECT count(*) FROM users")) {
                CompletableFuture<Void> end = reader.start("SELECT pg_sleep(2); COMMIT");
                rig().to(migration, Phase.PURGE);
                end.join();
            }
        });
        assertThat(rows("remark IS NULL")).isZero();
    }

    @Test
    void no08AReaderMakesTheApplicationWaitForTheTrigger() {
        users();
        Migration migration = migration(RENAME);
        // With a limit of its own each statement: one that queues behind a lock request of ours for long fails.
        IntFunction<String> impatient = n -> "SET statement_timeout = '5s'; " + oldWrite(n);
        whileWriting(impatient, () -> {
            try (BackgroundSession reader = BackgroundSession.holding(database, "BEGIN; SELECT count(*) FROM users")) {
                CompletableFuture<Void> end = reader.start("SELECT pg_sleep(8); COMMIT");
                rig().to(migration, Phase.EXPAND);
                end.join();
            }
        });
    }

    @Test
    void no09AnOlderSnapshotAndALockTimeoutLeaveAnInvalidIndex() {
        users();
        database.execute("CREATE TABLE other (id int)");
        database.executeAsSuperuser("ALTER ROLE \"" + database.user() + "\" SET lock_timeout = '200ms'");
        Migration migration = migration("- createIndex: { table: users, name: users_n, columns: [ n ] }\n");
        try (BackgroundSession snapshot = BackgroundSession.holding(
                database, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM other")) {
            CompletableFuture<Void> end = snapshot.start("SELECT pg_sleep(2); COMMIT");
            rig().to(migration, Phase.PURGE);
            end.join();
        }
        assertThat(database.queryStrings("SELECT indexrelid::regclass::text || ' ' || indisvalid FROM pg_index"
                        + " WHERE indrelid = 'users'::regclass ORDER BY 1"))
                .containsExactly("users_n true", "users_pkey true");
    }

    @Test
    void no11CopiesOfForeignKeysAreAddedValidated() {
        users();
        database.execute("CREATE TABLE items (id int, user_id int REFERENCES users)");
        new StateSchema(database.dataSource(), Rig.STATE).install();
        Plan plan = new PgPlanner(database.dataSource(), Rig.STATE)
                .plan(migration("- renameColumn: { table: items, column: user_id, to: owner }\n"));
        List<String> keys = plan.steps().stream()
                .filter(step -> step.action() instanceof Action.Transaction)
                .flatMap(step -> ((Action.Transaction) step.action()).statements().stream())
                .filter(statement -> statement.contains("FOREIGN KEY"))
                .toList();
        assertThat(keys).isNotEmpty().allMatch(statement -> statement.endsWith("NOT VALID"));
    }
}
