package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Phase;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Logical replication writes a table that changes: one publisher runs the old release, another one the new release, and the
 * apply workers of both are writers as any other. And a published table changes.
 */
class ReplicationTest {
    private static PostgresServer server;

    private TestDatabase old;
    private TestDatabase fresh;
    private TestDatabase subscriber;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.builder()
                .logicalReplication()
                .setting("wal_retrieve_retry_interval", "100ms") // the launcher's pause between workers
                .start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void createDatabases() {
        old = server.createDatabase();
        fresh = server.createDatabase();
        subscriber = server.createDatabase();
    }

    @AfterEach
    void dropDatabases() {
        subscriber.close(); // takes its subscriptions with it, and ends the publishers' senders
        fresh.close();
        old.close();
    }

    /** The server is the same, and waits for itself if it makes the slot within CREATE SUBSCRIPTION. */
    private void subscribe(TestDatabase publisher, String name, String published) {
        publisher.executeAsSuperuser(
                "CREATE PUBLICATION " + name + " FOR TABLE " + published,
                "SELECT pg_create_logical_replication_slot('" + name + "', 'pgoutput')");
        String superuser = publisher.server().adminUrl().replaceAll(".*user=", "");
        subscriber.executeAsSuperuser("CREATE SUBSCRIPTION " + name + " CONNECTION 'host=" + server.host() + " port="
                + server.port() + " dbname=" + publisher.name() + " user=" + superuser + "' PUBLICATION " + name
                + " WITH (create_slot = false, copy_data = false)");
    }

    /** Writes, and waits until the subscriber has applied that, and says the same. */
    private void write(TestDatabase publisher, int id, String column, String value, String expected) {
        publisher.execute("INSERT INTO users (id, " + column + ") VALUES (" + id + ", " + value
                + ") ON CONFLICT (id) DO UPDATE SET " + column + " = excluded." + column);
        String columns = String.join(
                ", ",
                subscriber.queryStrings(
                        "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = 'users'::regclass AND attnum > 0"
                                + " AND NOT attisdropped AND attname !~ '^(id|note|mg_[0-9a-f]{8})$'"));
        String query = "SELECT " + columns + " FROM users WHERE id = " + id;
        await(query, row -> row.stream().allMatch(expected::equals));
    }

    private void await(String query, Predicate<List<String>> arrived) {
        List<List<String>> rows = List.of();
        for (int tries = 0; tries < 300; tries++) {
            rows = subscriber.queryRows(query);
            if (rows.size() == 1 && arrived.test(rows.get(0))) {
                return;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        throw new AssertionError(query + " still gives " + rows);
    }

    private static final String[] OLD_TABLE = {
        "CREATE TABLE users (id int PRIMARY KEY, note text, name text)",
        "INSERT INTO users SELECT g, 'n', 'Ann' FROM generate_series(1, 60) g"
    };

    @Test
    void whatApplyWorkersWriteReachesBothShapes() {
        old.execute(OLD_TABLE);
        subscriber.execute(OLD_TABLE);
        fresh.execute(OLD_TABLE);
        fresh.execute("ALTER TABLE users RENAME name TO full_name");
        subscribe(old, "old_release", "users");
        PlanRunner runner =
                new Users(subscriber).plan("- renameColumn: { table: users, column: name, to: full_name }\n");
        runner.run(Phase.EXPAND);
        subscribe(fresh, "new_release", "users");
        int id = 1;
        for (Phase phase : List.of(Phase.EXPAND, Phase.BACKFILL, Phase.VALIDATE)) {
            if (phase != Phase.EXPAND) {
                runner.run(phase);
            }
            write(old, id++, "name", "'Anna'", "Anna");
            write(old, id++, "name", "NULL", "<null>");
            write(fresh, id++, "full_name", "'Bob'", "Bob");
            write(fresh, id++, "full_name", "NULL", "<null>");
            write(old, 100 + id, "name", "'new'", "new");
            write(fresh, 200 + id, "full_name", "'new'", "new");
        }
        assertThat(runner.violations(Phase.VALIDATE)).isEmpty();
        subscriber.executeAsSuperuser("ALTER SUBSCRIPTION old_release DISABLE");
        for (Phase phase : List.of(Phase.CONTRACT, Phase.PURGE)) {
            runner.run(phase);
            write(fresh, id++, "full_name", "'Cy'", "Cy");
            write(fresh, id++, "full_name", "NULL", "<null>");
            write(fresh, 200 + id, "full_name", "'new'", "new");
        }
    }

    /** The subscriber knows nothing of it. */
    @Test
    void aTableThatIsPublishedWithOtherColumnsOnlyGoesOnBeingSo() {
        Syntax.assumeUnderstood(old, List.of("CREATE PUBLICATION notes FOR TABLE users (id, note)"));
        old.execute(OLD_TABLE);
        subscriber.execute("CREATE TABLE users (id int PRIMARY KEY, note text)");
        subscribe(old, "notes", "users (id, note)");
        PlanRunner runner = new Users(old).plan("- renameColumn: { table: users, column: name, to: full_name }\n");
        int id = 100;
        for (Phase phase : Phase.values()) {
            runner.run(phase);
            String column = phase.isBefore(Phase.CONTRACT) ? "name" : "full_name";
            id++;
            old.execute("INSERT INTO users (id, note, " + column + ") VALUES (" + id + ", '" + phase + "', 'x')");
            await("SELECT note FROM users WHERE id = " + id, row -> row.contains(phase.toString()));
        }
    }

    @Test
    void whatPublishesAllColumnsIsRefused() {
        old.execute(OLD_TABLE);
        Users users = new Users(old);
        List<String> all = old.server().majorVersion() < 15
                ? List.of("FOR ALL TABLES", "FOR TABLE users")
                : List.of("FOR ALL TABLES", "FOR TABLES IN SCHEMA public", "FOR TABLE users");
        for (String what : all) {
            old.executeAsSuperuser("CREATE PUBLICATION p " + what);
            assertThatThrownBy(() -> users.plan("- renameColumn: { table: users, column: name, to: full_name }\n"))
                    .as(what)
                    .hasMessageContaining("is published by p without a column list");
            old.executeAsSuperuser("DROP PUBLICATION p");
        }
    }
}
