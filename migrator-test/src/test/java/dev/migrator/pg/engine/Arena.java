package dev.migrator.pg.engine;

import dev.migrator.engine.EngineListener;
import dev.migrator.pg.internal.state.StateSchema;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TcpProxy;
import dev.migrator.test.TestDatabase;
import java.util.Map;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A database that is new again whenever asked: a copy of a template with the tables of {@link Samples} and the state tables,
 * and with whatever else was done in it before it became the template.
 */
final class Arena implements AutoCloseable {
    private final TestDatabase database;
    private final TestDatabase seat;
    private SessionPool pool;

    private Arena(PostgresServer server, Consumer<Arena> preparation) {
        this.seat = server.createDatabase();
        this.database = server.createDatabase();
        this.pool = new SessionPool(driver());
        database.execute(Samples.SCHEMA);
        new StateSchema(database.dataSource(), Rig.STATE).install();
        preparation.accept(this);
        pool.close();
        seat.executeAsSuperuser("ALTER DATABASE %s RENAME TO %s".formatted(database.name(), template()), copy());
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
        return new Arena(server, arena -> {});
    }

    /** An arena in which something was done already. */
    static Arena on(PostgresServer server, Consumer<Arena> preparation) {
        return new Arena(server, preparation);
    }

    private String template() {
        return database.name() + "_template";
    }

    private String copy() {
        return "CREATE DATABASE %s TEMPLATE %s OWNER %s".formatted(database.name(), template(), database.user());
    }

    private DataSource driver() {
        // As the migrator opens its own connections: a transaction is one message.
        return database.dataSource(Map.of("preferQueryMode", "extendedForPrepared"));
    }

    /** Everything is as in the template again, whoever was connected. */
    Arena renewed() {
        pool.close();
        seat.executeAsSuperuser("DROP DATABASE IF EXISTS %s WITH (FORCE)".formatted(database.name()), copy());
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
        return Rig.over(database, source, EngineListener.NONE);
    }

    /** Sessions through a proxy. */
    SessionPool poolThrough(TcpProxy proxy) {
        PGSimpleDataSource source = database.dataSource(proxy);
        source.setPreferQueryMode(org.postgresql.jdbc.PreferQueryMode.EXTENDED_FOR_PREPARED);
        return new SessionPool(source);
    }

    /** Time passes: the lease of an engine that renews it no longer runs out. */
    void leaseRunsOut() {
        database.execute("UPDATE migrator.control SET expires_at = '-infinity'");
    }

    @Override
    public void close() {
        pool.close();
        seat.executeAsSuperuser("DROP DATABASE IF EXISTS %s WITH (FORCE)".formatted(template()));
        database.close();
        seat.close();
    }
}
