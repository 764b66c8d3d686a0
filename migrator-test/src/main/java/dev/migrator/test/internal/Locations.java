package dev.migrator.test.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds what a test names: on the class path, or in the file system. */
public final class Locations {
    private static final String CLASS_PATH = "classpath:";

    private Locations() {}

    /**
     * The file or folder of a location.
     *
     * @param location {@code classpath:db/migrator}; or a path from the working directory, which is looked for on the class path if
     *     there is no such file
     * @throws IllegalArgumentException if it is nowhere
     */
    public static Path find(String location) {
        if (location.startsWith(CLASS_PATH)) {
            return onClassPath(location.substring(CLASS_PATH.length()))
                    .orElseThrow(() -> new IllegalArgumentException(
                            "There is no " + location + ". Put it under src/main/resources or src/test/resources."));
        }
        Path path = Path.of(location);
        if (Files.exists(path)) {
            return path;
        }
        return onClassPath(location)
                .orElseThrow(() -> new IllegalArgumentException("There is no %s, neither in %s nor on the class path."
                        .formatted(location, Path.of("").toAbsolutePath())));
    }

    /**
     * The file of a location, or the files in its folder that end so, by name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static List<Path> files(String location, String ending) {
        Path found = find(location);
        if (!Files.isDirectory(found)) {
            return List.of(found);
        }
        try (Stream<Path> inside = Files.list(found)) {
            List<Path> files = inside.filter(
                            file -> file.getFileName().toString().endsWith(ending))
                    .sorted()
                    .toList();
            if (files.isEmpty()) {
                throw new IllegalArgumentException("There is no file *%s in %s.".formatted(ending, location));
            }
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException("Can't read " + location, e);
        }
    }

    private static Optional<Path> onClassPath(String name) {
        @Nullable ClassLoader loader = Thread.currentThread().getContextClassLoader();
        URL found = (loader == null ? ClassLoader.getSystemClassLoader() : loader).getResource(name);
        return Optional.ofNullable(found).map(Locations::path);
    }

    private static Path path(URL found) {
        try {
            URI uri = found.toURI();
            return "jar".equals(uri.getScheme()) ? open(uri).provider().getPath(uri) : Path.of(uri);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("Can't read " + found, e);
        } catch (IOException e) {
            throw new UncheckedIOException("Can't read " + found, e);
        }
    }

    /** Stays open: the class path is there for as long as the JVM. */
    private static FileSystem open(URI jar) throws IOException {
        try {
            return FileSystems.newFileSystem(jar, Map.of());
        } catch (FileSystemAlreadyExistsException open) {
            return FileSystems.getFileSystem(jar);
        }
    }
}
