package dev.migrator.examples.quickstart;

import dev.migrator.Migration;
import dev.migrator.MigrationFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The migration files, which come with the application. */
final class Migrations {

    private Migrations() {}

    /** Reads one; its id is the file's name. */
    static Migration read(String id) {
        return MigrationFiles.parse(id, id + ".yaml", text(id));
    }

    /** The file's content. */
    static String text(String id) {
        String file = "/db/migrator/" + id + ".yaml";
        try (InputStream in = Objects.requireNonNull(Migrations.class.getResourceAsStream(file), file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Can't read " + file, e);
        }
    }
}
