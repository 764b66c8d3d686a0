package dev.migrator.pg.state;

import dev.migrator.Direction;
import dev.migrator.Identifier;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.engine.Lease;
import dev.migrator.engine.Position;
import dev.migrator.engine.Transition;
import dev.migrator.pg.internal.state.PgStore;
import dev.migrator.pg.internal.state.StateSchema;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.plan.Plan;
import dev.migrator.plan.Step;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;

/** A database with the state schema in it, and what tests do with that. */
final class StateSite implements AutoCloseable {
    static final Duration LONG = Duration.ofHours(1);

    final TestDatabase db;
    final Identifier schema;
    final PgStore store;
    final StateSql sql;

    private StateSite(TestDatabase db, Identifier schema) {
        this.db = db;
        this.schema = schema;
        this.store = storeOn(db.dataSource());
        this.sql = store.sql();
    }

    static StateSite installed() {
        return installed(PostgresServer.shared(), "migrator");
    }

    static StateSite installed(PostgresServer server, String schema) {
        StateSite site = bare(server, schema);
        new StateSchema(site.db.dataSource(), site.schema).install();
        return site;
    }

    static StateSite bare(PostgresServer server, String schema) {
        return new StateSite(server.createDatabase(), Identifier.of(schema));
    }

    PgStore storeOn(DataSource source) {
        return new PgStore(source, schema, db.name(), "r1");
    }

    String table(String name) {
        return sql.table(name).quoted();
    }

    Lease lease(String id) {
        return store.acquire(id, "host/1/a", LONG).orElseThrow();
    }

    /** Runs a transaction of a step as the executor does. */
    void commit(String... statements) {
        db.execute("BEGIN;" + String.join(";", statements) + ";COMMIT");
    }

    /** The rows of a table with all that a write would change about them, were it only a lock. */
    List<List<String>> traces(String table) {
        return db.queryRows("SELECT t.ctid, t.xmin, t.xmax, t.* FROM " + table(table) + " AS t ORDER BY t::text");
    }

    List<String> events(String id) {
        return store.history(id).stream().map(event -> event.event()).toList();
    }

    static Migration migration(String id) {
        return Migration.builder(id).renameColumn("users", "name", "full_name").build();
    }

    static Plan plan(String id, Step... steps) {
        return new Plan(id, Arrays.asList(steps), List.of(), List.of(), List.of("column users.name text"));
    }

    static Transition to(Phase phase, Status status, String event) {
        return Transition.of(new Position(phase, status, Direction.FORWARD), event, "");
    }

    static Transition back(Phase phase, Status status, String event) {
        return Transition.of(new Position(phase, status, Direction.ROLLING_BACK), event, "");
    }

    @Override
    public void close() {
        db.close();
    }
}
