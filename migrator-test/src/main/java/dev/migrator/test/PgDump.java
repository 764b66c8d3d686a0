package dev.migrator.test;

import dev.migrator.test.internal.OutsideServer;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The second opinion beside {@link SchemaSnapshot}: {@code pg_dump --schema-only}, where a {@code pg_dump} is installed
 * that is at least as new as the server. The embedded servers come without one.
 */
public final class PgDump {

    private static final Pattern MAJOR = Pattern.compile("\\(PostgreSQL\\) (\\d+)");

    private PgDump() {}

    /**
     * Dumps the schema of a test database as a superuser.
     *
     * @param schemas the schemas; none means all
     * @return the dump without the lines that differ from run to run, or empty without a suitable {@code pg_dump}
     */
    public static Optional<String> schemaOnly(TestDatabase database, String... schemas) {
        return schemaOnly(database.superuserUrl(), schemas);
    }

    /**
     * Dumps the schema of the database that a URL names, as the user that it names.
     *
     * @param url such as {@code jdbc:postgresql://localhost:5432/test?user=postgres}
     * @param schemas the schemas; none means all
     * @return the dump without the lines that differ from run to run, or empty without a suitable {@code pg_dump}
     * @throws IllegalStateException if {@code pg_dump} fails
     */
    public static Optional<String> schemaOnly(String url, String... schemas) {
        OutsideServer server = OutsideServer.at(url);
        return suitable(serverMajor(url)).map(program -> {
            List<String> command = new ArrayList<>(List.of(
                    program.toString(),
                    "--schema-only",
                    "--host=" + server.host(),
                    "--port=" + server.port(),
                    "--username=" + server.superuser(),
                    "--dbname=" + server.maintenanceDatabase()));
            // Quoted, or pg_dump takes it as a pattern.
            Arrays.stream(schemas)
                    .map(schema -> "--schema=" + Sql.quote(schema))
                    .forEach(command::add);
            return withoutNoise(run(command, server.password()));
        });
    }

    private static int serverMajor(String url) {
        try (Connection connection = DriverManager.getConnection(url)) {
            return connection.getMetaData().getDatabaseMajorVersion();
        } catch (SQLException e) {
            throw new SqlFailure("connecting to the database to dump", e);
        }
    }

    private static Optional<Path> suitable(int serverMajor) {
        return candidates()
                .filter(Files::isExecutable)
                .filter(program -> major(program).orElse(0) >= serverMajor)
                .findFirst();
    }

    private static Stream<Path> candidates() {
        Stream<Path> onPath = Arrays.stream(
                        Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
                .filter(folder -> !folder.isBlank())
                .map(folder -> Path.of(folder, "pg_dump"));
        return Stream.concat(onPath, besideServer());
    }

    private static Stream<Path> besideServer() {
        try {
            return Stream.of(Path.of(run(List.of("pg_config", "--bindir"), "").trim(), "pg_dump"));
        } catch (UncheckedIOException notInstalled) {
            return Stream.empty();
        }
    }

    private static OptionalInt major(Path program) {
        Matcher version = MAJOR.matcher(run(List.of(program.toString(), "--version"), ""));
        return version.find() ? OptionalInt.of(Integer.parseInt(version.group(1))) : OptionalInt.empty();
    }

    private static String run(List<String> command, String password) {
        try {
            Path errors = Files.createTempFile("pg_dump", ".err");
            try {
                ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
                builder.environment().put("PGPASSWORD", password);
                Process process = builder.start();
                process.getOutputStream().close();
                String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                int exit = process.waitFor();
                if (exit != 0) {
                    throw new IllegalStateException(
                            "%s ended with %d: %s".formatted(command.get(0), exit, Files.readString(errors)));
                }
                return output;
            } finally {
                Files.delete(errors);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Can't run " + command.get(0), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while " + command.get(0) + " ran", e);
        }
    }

    private static String withoutNoise(String dump) {
        return dump.lines()
                .filter(line -> !line.startsWith("\\restrict") && !line.startsWith("\\unrestrict"))
                .filter(line -> !line.startsWith("-- Dumped from ") && !line.startsWith("-- Dumped by "))
                .filter(line -> !line.isBlank() && !line.equals("--"))
                .collect(Collectors.joining("\n"));
    }
}
