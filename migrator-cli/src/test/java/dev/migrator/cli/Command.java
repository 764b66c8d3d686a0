package dev.migrator.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.migrator.test.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Starts the executable jar as a process of its own. */
final class Command {
    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();

    /**
     * What a run of the command said.
     *
     * @param code its exit code
     * @param out its standard output
     * @param err its standard error
     */
    record Result(int code, String out, String err) {

        /** Its standard output, read as JSON. */
        JsonNode json() {
            try {
                return new ObjectMapper().readTree(out);
            } catch (JsonProcessingException e) {
                throw new AssertionError("no JSON: " + out + err, e);
            }
        }
    }

    Command(Path folder, TestDatabase database) {
        this.folder = folder;
        environment.put("MIGRATOR_URL", database.url());
        environment.put("MIGRATOR_USER", database.user());
        environment.put("MIGRATOR_PASSWORD", database.password());
    }

    Command with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Writes a migration file into the default folder. */
    Command file(String name, String text) {
        try {
            Path file = folder.resolve("db/migrator").resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes a migration file away. */
    void delete(String name) {
        try {
            Files.delete(folder.resolve("db/migrator").resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path folder() {
        return folder;
    }

    /** The command line that runs the jar. */
    static List<String> line(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // It lives for a second: what it would spend on compiling itself is better spent on the server.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-jar",
                Path.of(System.getProperty("migrator.jar")).toAbsolutePath().toString()));
        command.addAll(Arrays.asList(arguments));
        return command;
    }

    Process start(String... arguments) throws IOException {
        return startProgram(line(arguments));
    }

    Process startProgram(List<String> program) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(program).directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("MIGRATOR_"));
        builder.environment().putAll(environment);
        builder.redirectOutput(folder.resolve("out.txt").toFile());
        builder.redirectError(folder.resolve("err.txt").toFile());
        return builder.start();
    }

    Result run(String... arguments) {
        try {
            Process process = start(arguments);
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError("still running after two minutes: " + Arrays.toString(arguments));
            }
            return result(process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    Result result(Process ended) throws IOException {
        return new Result(
                ended.exitValue(),
                Files.readString(folder.resolve("out.txt")),
                Files.readString(folder.resolve("err.txt")));
    }
}
