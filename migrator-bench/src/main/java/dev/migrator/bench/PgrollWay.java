package dev.migrator.bench;

import dev.migrator.test.TestDatabase;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The program {@code pgroll}, if it is on the path. Its time includes starting it and what it does before its backfill, which
 * can't be told apart from outside.
 */
final class PgrollWay implements Way {

    private static final String MIGRATION =
            """
            {"operations": [{"alter_column": {"table": "items", "column": "amount", "type": "bigint",
              "up": "(amount * 100)::bigint", "down": "amount / 100.0"}}]}
            """;

    static boolean isInstalled() {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "pgroll")));
    }

    @Override
    public String name() {
        return "pgroll";
    }

    @Override
    public void prepare(TestDatabase db) {
        run(db, "init");
    }

    @Override
    public void fill(TestDatabase db) {
        try {
            Path file = Files.createTempFile("0001_cents", ".json");
            try {
                Files.writeString(file, MIGRATION);
                run(db, "start", file.toString());
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Can't write a migration for pgroll", e);
        }
        // So that the new column is found under the name that the other ways give it.
        db.executeAsSuperuser("ALTER TABLE items RENAME COLUMN _pgroll_new_amount TO cents");
    }

    private static void run(TestDatabase db, String... command) {
        String url = "postgres://postgres@%s:%d/%s?sslmode=disable"
                .formatted(db.server().host(), db.server().port(), db.name());
        List<String> arguments = new ArrayList<>(List.of("pgroll", "--postgres-url", url));
        arguments.addAll(List.of(command));
        try {
            Process process = new ProcessBuilder(arguments)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            int exit = process.waitFor();
            if (exit != 0) {
                throw new IllegalStateException("pgroll %s ended with %d".formatted(List.of(command), exit));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Can't run pgroll", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while pgroll ran", e);
        }
    }

    @Override
    public boolean keepsInStep() {
        return true;
    }
}
