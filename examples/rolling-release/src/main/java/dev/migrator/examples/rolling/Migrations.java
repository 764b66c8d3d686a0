package dev.migrator.examples.rolling;

import dev.migrator.Migration;
import dev.migrator.MigrationFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The migration that comes with release 2. */
final class Migrations {
    static final String FULL_NAME = "0001_full_name";

    private Migrations() {}

    static Migration fullName() {
        String file = "/db/migrator/" + FULL_NAME + ".yaml";
        try (InputStream in = Objects.requireNonNull(Migrations.class.getResourceAsStream(file), file)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return MigrationFiles.parse(FULL_NAME, FULL_NAME + ".yaml", text);
        } catch (IOException e) {
            throw new UncheckedIOException("Can't read " + file, e);
        }
    }
}
