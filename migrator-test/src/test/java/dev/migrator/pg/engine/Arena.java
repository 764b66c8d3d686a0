package dev.migrator.pg.engine;

import dev.migrator.engine.EngineListener;
import dev.migrator.pg.internal.state.StateSchema;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TcpProxy;
import dev.migrator.test.TestDatabase;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.PreferQueryMode;

/**
 * A database that is new again whenever asked: a copy of a template with the tables of {@link Samples} and the state tables,
 * and with whatever was done in it to {@linkplain #prepare prepare} it.
 */
final class Arena implements AutoCloseable {
    /** Room on the pages: a table of more than a few blocks is filled in several batches. */
    private static final String[] SPREAD = {"ALTER TABLE users SET (fillfactor = 25)", "VACUUM FULL users"};

    private final TestDatabase database;
    private final TestDatabase seat;
    private SessionPool pool;
    private String template;

    private Arena(PostgresServer server) {
        this.seat = server.createDatabase();
        this.database = server.createDatabase();
        this.pool = new SessionPool(driver());
        this.template = emptyTemplate();
        database.execute(Samples.SCHEMA);
        database.execute(SPREAD);
        new StateSchema(database.dataSource(), Rig.STATE).install();
        copy(database.name(), template);
    }

    /** A server on which nothing happens by itself, so that every run of an engine meets the same. */
    static PostgresServer quietServer() {
        return PostgresServer.builder()
                .setting("autovacuum", "off")
                .setting("fsync", "off")
                .setting("max_connections", "100")
                .start();
    }

    static Arena on(PostgresServer server) {
        return new Arena(server);
    }

    private String emptyTemplate() {
        return database.name() + "_empty";
    }

    private String preparedTemplate() {
        return database.name() + "_prepared";
    }

    private void copy(String from, String to) {
        if (from.equals(database.name())) {
            database.awaitNoSessions();
        }
        seat.executeAsSuperuser(
                "DROP DATABASE IF EXISTS %s WITH (FORCE)".formatted(to),
                "CREATE DATABASE %s TEMPLATE %s OWNER %s".formatted(to, from, database.user()));
    }

    /** Whenever it is renewed from now on, this has been done in it. */
    void prepare(Consumer<Arena> preparation) {
        template = emptyTemplate();
        renewed();
        preparation.accept(this);
        pool.close();
        copy(database.name(), preparedTemplate());
        template = preparedTemplate();
    }

    private DataSource driver() {
        // As the migrator opens its own connections: a transaction is one message.
        return database.dataSource(Map.of("preferQueryMode", "extendedForPrepared"));
    }

    /** Everything is as in the template again, whoever was connected. */
    Arena renewed() {
        pool.close();
        copy(template, database.name());
        pool = new SessionPool(driver());
        return this;
    }

    TestDatabase database() {
        return database;
    }

    SessionPool pool() {
        return pool;
    }

    /** An engine that works on the pool's sessions. */
    Rig rig() {
        return rig(pool.dataSource());
    }

    /** An engine that works through a data source. */
    Rig rig(DataSource source) {
        return rig(source, EngineListener.NONE);
    }

    /** An engine that works through a data source and tells what it does. */
    Rig rig(DataSource source, EngineListener listener) {
        return Rig.over(database, source, listener);
    }

    /** Sessions through a proxy. */
    SessionPool poolThrough(TcpProxy proxy) {
        PGSimpleDataSource source = database.dataSource(proxy);
        source.setPreferQueryMode(PreferQueryMode.EXTENDED_FOR_PREPARED);
        return new SessionPool(source);
    }

    /** Time passes: the lease of an engine that renews it no longer runs out. */
    void leaseRunsOut() {
        database.execute("UPDATE migrator.control SET expires_at = '-infinity'");
    }

    @Override
    public void close() {
        pool.close();
        for (String made : List.of(emptyTemplate(), preparedTemplate())) {
            seat.executeAsSuperuser("DROP DATABASE IF EXISTS %s WITH (FORCE)".formatted(made));
        }
        database.close();
        seat.close();
    }
}
