package dev.migrator;

import dev.migrator.internal.file.FileContent;
import dev.migrator.internal.file.FolderReader;
import dev.migrator.internal.file.MigrationReader;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads migration files: YAML 1.2, one migration a file. The id is the file name without {@code .yaml}, the order is that
 * of the file names, character by character.
 */
public final class MigrationFiles {

    private MigrationFiles() {}

    /**
     * Reads the migrations of a folder: the files directly in it that end in {@code .yaml}, hidden ones left aside.
     *
     * @param folder the folder
     * @return the migrations in order, at least one
     * @throws MigrationFileException with all problems of all files; also if the folder is missing or has no migrations
     */
    public static List<Migration> load(Path folder) {
        return load(List.of(folder));
    }

    /**
     * Reads the migrations of several folders as if their files lay in one.
     *
     * @param folders the folders, each with at least one migration
     * @return the migrations in order
     * @throws MigrationFileException with all problems of all files; also if a folder is missing or has no migrations
     */
    public static List<Migration> load(List<Path> folders) {
        return FolderReader.read(folders).stream()
                .map(MigrationFiles::migration)
                .toList();
    }

    /**
     * Reads one migration from a text.
     *
     * @param id the migration's id
     * @param fileName the name that problems and marks show
     * @param yaml the file's content
     * @return the migration
     * @throws MigrationFileException with all problems of the text
     */
    public static Migration parse(String id, String fileName, String yaml) {
        return migration(MigrationReader.read(id, fileName, yaml));
    }

    private static Migration migration(FileContent content) {
        return new Migration(
                content.id(),
                content.description(),
                content.schema(),
                content.operations(),
                content.backfill(),
                content.gates(),
                content.marks());
    }
}
