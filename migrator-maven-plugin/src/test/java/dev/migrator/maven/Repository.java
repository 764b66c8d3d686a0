package dev.migrator.maven;

import dev.migrator.Phase;
import dev.migrator.cli.EmbeddedCommand;
import dev.migrator.pg.PostgresMigrator;
import dev.migrator.test.PostgresServer;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The local repository of the tests' builds. This build's own modules lie in it as if they were installed; all else comes
 * from the repository of the build that runs the tests, which has needed it, through a mirror without a network.
 */
final class Repository {
    static final String VERSION = System.getProperty("it.version");

    private static final Path FOLDER = Path.of(System.getProperty("it.repository"));
    private static final Path MODULES = Path.of("").toAbsolutePath().resolveSibling("");

    private static final String CENTRAL =
            """
            <id>central</id>
            <url>https://repo.maven.apache.org/maven2</url>
            <releases><checksumPolicy>ignore</checksumPolicy></releases>
            <snapshots><enabled>false</enabled></snapshots>
            """;

    private Repository() {}

    /** Puts the modules as they are now into it. */
    static Path prepare() throws IOException, URISyntaxException {
        Map<String, Path> jars = new LinkedHashMap<>();
        jars.put("migrator-core", jarOf(Phase.class));
        jars.put("migrator-pg", jarOf(PostgresMigrator.class));
        jars.put("migrator-test", jarOf(PostgresServer.class));
        jars.put("migrator-cli", jarOf(EmbeddedCommand.class));
        jars.put("migrator-maven-plugin", Path.of(System.getProperty("it.jar")));
        put("migrator-parent", "pom", MODULES.resolve("pom.xml"));
        for (Map.Entry<String, Path> module : jars.entrySet()) {
            put(module.getKey(), "pom", MODULES.resolve(module.getKey()).resolve("pom.xml"));
            put(module.getKey(), "jar", module.getValue());
        }
        return FOLDER;
    }

    private static Path jarOf(Class<?> type) throws URISyntaxException {
        Path place =
                Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        if (!Files.isRegularFile(place)) {
            throw new IllegalStateException(
                    place + " is no jar; run these tests with mvn -pl migrator-maven-plugin -am verify");
        }
        return place;
    }

    private static void put(String artifact, String type, Path source) throws IOException {
        Path folder = FOLDER.resolve("dev/migrator").resolve(artifact).resolve(VERSION);
        Files.createDirectories(folder);
        Files.copy(source, folder.resolve(artifact + "-" + VERSION + "." + type), StandardCopyOption.REPLACE_EXISTING);
    }

    /** The settings under which builds use it. */
    static String settings(Path repository, String servers) {
        return """
                <settings>
                  <localRepository>%s</localRepository>
                  <mirrors>
                    <mirror>
                      <id>outer-build</id>
                      <mirrorOf>*</mirrorOf>
                      <url>%s</url>
                    </mirror>
                  </mirrors>
                  <servers>%s</servers>
                  <profiles>
                    <profile>
                      <id>without-checksums</id>
                      <repositories><repository>%s</repository></repositories>
                      <pluginRepositories><pluginRepository>%s</pluginRepository></pluginRepositories>
                    </profile>
                  </profiles>
                  <activeProfiles><activeProfile>without-checksums</activeProfile></activeProfiles>
                </settings>
                """
                .formatted(repository, Path.of(System.getProperty("it.source")).toUri(), servers, CENTRAL, CENTRAL);
    }
}
