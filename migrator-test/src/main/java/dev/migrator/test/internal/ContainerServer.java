package dev.migrator.test.internal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** A server in a Docker container, by Testcontainers, which is to be on the class path. */
public final class ContainerServer implements RunningServer {
    private static final String SUPERUSER = "postgres";
    private static final String PASSWORD = "postgres";

    private final PostgreSQLContainer container;
    private final String image;
    private boolean left;

    private ContainerServer(PostgreSQLContainer container, String image) {
        this.container = container;
        this.image = image;
    }

    /** Why no container can be started here; empty if one can. Asks Docker, which may take a second. */
    public static Optional<String> missing() {
        try {
            return DockerClientFactory.instance().isDockerAvailable()
                    ? Optional.empty()
                    : Optional.of("There is no Docker that Testcontainers can reach.");
        } catch (NoClassDefFoundError e) {
            return Optional.of(
                    "Testcontainers is not on the class path (org.testcontainers:testcontainers-postgresql, 2.x).");
        }
    }

    /**
     * Starts a container of the image {@code postgres:MAJOR-alpine}, or of the one that the system property {@code
     * migrator.test.postgres.image} names.
     *
     * @throws IllegalStateException if it does not start
     */
    public static ContainerServer start(int major, Map<String, String> settings) {
        String image = System.getProperty("migrator.test.postgres.image", "postgres:" + major + "-alpine");
        List<String> command = new ArrayList<>(List.of("postgres", "-c", "fsync=off", "-c", "max_connections=300"));
        settings.forEach((name, value) -> {
            // The socket is where the image's own tools look for it.
            if (!name.equals("unix_socket_directories")) {
                command.addAll(List.of("-c", name + "=" + value));
            }
        });
        PostgreSQLContainer container = new PostgreSQLContainer(
                        DockerImageName.parse(image).asCompatibleSubstituteFor("postgres"))
                .withDatabaseName("postgres")
                .withUsername(SUPERUSER)
                .withPassword(PASSWORD);
        container.setCommand(command.toArray(String[]::new));
        try {
            container.start();
        } catch (RuntimeException e) {
            container.stop();
            throw new IllegalStateException("A container of " + image + " did not start: " + e.getMessage(), e);
        }
        return new ContainerServer(container, image);
    }

    @Override
    public String host() {
        return container.getHost();
    }

    @Override
    public int port() {
        return container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT);
    }

    @Override
    public String superuser() {
        return SUPERUSER;
    }

    @Override
    public String password() {
        return PASSWORD;
    }

    @Override
    public String maintenanceDatabase() {
        return "postgres";
    }

    @Override
    public Optional<Path> logFile() {
        return Optional.empty();
    }

    @Override
    public OptionalLong pid() {
        return OptionalLong.empty();
    }

    @Override
    public Optional<String> leaveRunning() {
        // Testcontainers removes what a JVM has left, unless it is told not to.
        left = true;
        return Optional.of(
                "Its container %s runs on if TESTCONTAINERS_RYUK_DISABLED=true; stop it with 'docker rm -f %s'."
                        .formatted(container.getContainerName(), container.getContainerId()));
    }

    @Override
    public void stop() {
        if (!left) {
            container.stop();
        }
    }

    @Override
    public String toString() {
        return "PostgreSQL in a container of " + image + " on port " + port();
    }
}
