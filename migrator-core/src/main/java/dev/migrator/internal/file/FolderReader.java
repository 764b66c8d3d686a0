package dev.migrator.internal.file;

import dev.migrator.MigrationFileException;
import dev.migrator.MigrationFileException.Problem;
import dev.migrator.SourceMark;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Reads all migration files of folders and collects what is wrong with any of them. */
public final class FolderReader {

    private static final String EXTENSION = ".yaml";

    private final List<Problem> problems = new ArrayList<>();

    private FolderReader() {}

    /**
     * Reads the migration files of folders.
     *
     * @param folders the folders
     * @return what the files say, in the order of their names
     * @throws MigrationFileException with all problems of all files
     */
    public static List<FileContent> read(List<Path> folders) {
        FolderReader reader = new FolderReader();
        List<Path> files = new ArrayList<>();
        folders.forEach(folder -> files.addAll(reader.files(folder)));
        files.sort(Comparator.comparing(FolderReader::fileName));
        reader.checkCollisions(files);
        List<FileContent> contents = reader.contents(files);
        if (!reader.problems.isEmpty()) {
            throw new MigrationFileException(reader.problems);
        }
        return contents;
    }

    private List<Path> files(Path folder) {
        if (!Files.isDirectory(folder)) {
            boolean exists = Files.exists(folder, LinkOption.NOFOLLOW_LINKS);
            problem(
                    folder,
                    (exists ? "is no folder" : "does not exist") + "; migrations were looked for in "
                            + folder.toAbsolutePath());
            return List.of();
        }
        List<Path> visible;
        try (Stream<Path> entries = Files.list(folder)) {
            visible = entries.filter(path -> !fileName(path).startsWith(".")).toList();
        } catch (IOException | UncheckedIOException e) {
            problem(folder, "can't be listed: " + reason(e) + " (" + folder.toAbsolutePath() + ")");
            return List.of();
        }
        long before = problems.size();
        visible.stream().sorted().forEach(this::checkExtension);
        List<Path> files = visible.stream()
                .filter(path -> fileName(path).endsWith(EXTENSION))
                .toList();
        if (files.isEmpty() && problems.size() == before) {
            problem(
                    folder,
                    "has no migrations: there is no file that ends in " + EXTENSION + " in " + folder.toAbsolutePath());
        }
        return files;
    }

    private void checkExtension(Path path) {
        String name = fileName(path);
        String lower = name.toLowerCase(Locale.ROOT);
        if (!name.endsWith(EXTENSION) && (lower.endsWith(EXTENSION) || lower.endsWith(".yml"))) {
            String id = name.substring(0, name.lastIndexOf('.'));
            problem(path, "would not be read; rename it to " + id + EXTENSION);
        }
    }

    /** The id is part of names on file systems that ignore case, and of what people type. */
    private void checkCollisions(List<Path> files) {
        Map<String, Path> seen = new HashMap<>();
        for (Path file : files) {
            Path other = seen.putIfAbsent(id(file).toLowerCase(Locale.ROOT), file);
            if (other != null) {
                boolean same = id(other).equals(id(file));
                problem(
                        file,
                        (same ? "has the same id as " : "differs only by upper and lower case from ") + other
                                + "; rename one of them");
            }
        }
    }

    private List<FileContent> contents(List<Path> files) {
        List<FileContent> contents = new ArrayList<>();
        for (Path file : files) {
            try {
                contents.add(MigrationReader.read(id(file), file.toString(), text(file)));
            } catch (MigrationFileException e) {
                problems.addAll(e.problems());
            } catch (IOException e) {
                problem(file, "can't be read: " + reason(e) + " (" + file.toAbsolutePath() + ")");
            }
        }
        return contents;
    }

    private static String text(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException("it is a folder");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(YamlText.MAX_BYTES + 1);
            if (bytes.length > YamlText.MAX_BYTES) {
                throw YamlText.tooLarge(file.toString(), Files.size(file));
            }
            return YamlText.decode(file.toString(), bytes);
        }
    }

    private static String reason(Exception e) {
        if (e instanceof NoSuchFileException) {
            return "it does not exist, or is a link to nothing";
        }
        if (e instanceof AccessDeniedException) {
            return "access is denied";
        }
        boolean bare = e instanceof FileSystemException || e.getMessage() == null;
        return bare ? e.getClass().getSimpleName() + " " + e.getMessage() : String.valueOf(e.getMessage());
    }

    private void problem(Path path, String message) {
        problems.add(new Problem(SourceMark.wholeOf(path.toString()), "", message));
    }

    private static String fileName(Path path) {
        Path name = path.getFileName();
        return name == null ? path.toString() : name.toString();
    }

    private static String id(Path file) {
        String name = fileName(file);
        return name.substring(0, name.length() - EXTENSION.length());
    }
}
