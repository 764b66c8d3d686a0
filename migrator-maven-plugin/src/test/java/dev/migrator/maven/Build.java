package dev.migrator.maven;

import dev.migrator.test.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A folder in which Maven runs as its users start it, as a process of its own. */
final class Build {
    static final String PLUGIN = "dev.migrator:migrator-maven-plugin:" + Repository.VERSION;

    private static final Path REPOSITORY = repository();

    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();
    private String servers = "";

    /**
     * What a run of Maven said.
     *
     * @param code its exit code
     * @param log all that it printed
     */
    record Result(int code, String log) {}

    Build(Path folder) {
        this.folder = folder;
        // The log in the order in which it came, and a JVM that is quick to start.
        environment.put("MAVEN_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -Dfile.encoding=UTF-8");
    }

    private static Path repository() {
        try {
            return Repository.prepare();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A build whose environment leads to a database. */
    Build with(TestDatabase database) {
        return with("MIGRATOR_URL", database.url())
                .with("MIGRATOR_USER", database.user())
                .with("MIGRATOR_PASSWORD", database.password());
    }

    Build with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Adds a server to the settings. */
    Build server(String id, String user, String password) {
        servers += "<server><id>%s</id><username>%s</username><password>%s</password></server>"
                .formatted(id, user, password);
        return this;
    }

    /** Writes a file. */
    Build file(String name, String text) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a project that has the plugin. */
    Build project(String configuration) {
        return file(
                "pom.xml", Poms.project("app", Poms.plugin("<configuration>" + configuration + "</configuration>")));
    }

    /** Runs Maven with goals and options, and waits for its end. */
    Result run(String... arguments) {
        file("settings.xml", Repository.settings(REPOSITORY, servers));
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("it.maven"), "bin", isWindows() ? "mvn.cmd" : "mvn")
                        .toString(),
                "-B",
                "-ntp",
                "-s",
                folder.resolve("settings.xml").toString()));
        line.addAll(Arrays.asList(arguments));
        try {
            return start(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private Result start(List<String> line) throws IOException, InterruptedException {
        Path log = Files.createTempFile("build", ".log");
        ProcessBuilder builder = new ProcessBuilder(line).directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("MIGRATOR_") || name.startsWith("MAVEN_"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        Process process =
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        if (!process.waitFor(2, TimeUnit.MINUTES)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError("still running after two minutes: " + line + "\n" + Files.readString(log));
        }
        // Maven ends with a code of colour even if it shall use none.
        String said = Files.readString(log).replaceAll("\u001b\\[[0-9;]*m", "");
        Files.delete(log);
        return new Result(process.exitValue(), said);
    }

    private static boolean isWindows() {
        return System.getProperty("os.name", "").startsWith("Windows");
    }
}
