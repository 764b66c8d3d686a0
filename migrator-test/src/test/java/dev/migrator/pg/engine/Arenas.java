package dev.migrator.pg.engine;

import dev.migrator.test.PostgresServer;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A quiet server of a test class's own with two arenas, for as long as its tests run. */
final class Arenas implements BeforeAllCallback, AfterAllCallback {
    private List<Arena> arenas = List.of();
    private List<PostgresServer> servers = List.of();

    @Override
    public void beforeAll(ExtensionContext context) {
        PostgresServer server = Arena.quietServer();
        servers = List.of(server);
        arenas = List.of(Arena.on(server), Arena.on(server));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        arenas.forEach(Arena::close);
        servers.forEach(PostgresServer::close);
    }

    List<Arena> all() {
        return arenas;
    }
}
