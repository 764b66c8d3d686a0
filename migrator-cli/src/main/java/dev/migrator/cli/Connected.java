package dev.migrator.cli;

import com.zaxxer.hikari.HikariDataSource;
import dev.migrator.Migration;
import dev.migrator.MigrationFileException;
import dev.migrator.MigrationFiles;
import dev.migrator.Status;
import dev.migrator.engine.EngineListener;
import dev.migrator.engine.Outcome;
import dev.migrator.pg.PostgresMigrator;
import dev.migrator.pg.PostgresMigratorBuilder;
import dev.migrator.pg.UnknownMigrationException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** What all commands share: they read the files, connect, do one thing, and let go of the connection. */
abstract class Connected implements Callable<Integer> {

    @ParentCommand
    private @Nullable MigratorCommand parent;

    @Spec
    private @Nullable CommandSpec spec;

    private List<Migration> migrations = List.of();

    /** Does the command's work. */
    abstract int run(PostgresMigrator migrator);

    /** Who is told what the engine does. */
    EngineListener listener() {
        return EngineListener.NONE;
    }

    /** How much is free on the server's disk, if the user says so. */
    OptionalLong freeSpace() {
        return OptionalLong.empty();
    }

    /** Whether the command works on what is recorded, if the files can't be read or lack the migration. */
    boolean recordIsEnough() {
        return false;
    }

    /** Is told why the files can't be read, if the command goes on all the same. */
    void unread(MigrationFileException problem) {}

    /** The one migration whose file is enough, if those of others can't be read. */
    Optional<String> only() {
        return Optional.empty();
    }

    @Override
    public final Integer call() {
        MigratorCommand root = filledIn(parent);
        Optional<MigrationFileException> wrongFiles = load(root);
        wrongFiles.ifPresent(this::unread);
        ConnectionSettings connection = root.connection();
        try (HikariDataSource pool = connection.pool()) {
            Optional<HikariDataSource> direct = connection.directPool();
            try {
                PostgresMigratorBuilder builder = PostgresMigrator.builder(pool)
                        .migrations(migrations)
                        .stateSchema(root.stateSchema())
                        .listener(listener());
                direct.ifPresent(builder::directDataSource);
                freeSpace().ifPresent(builder::freeSpace);
                return run(built(builder));
            } catch (UnknownMigrationException e) {
                throw wrongFiles.isPresent() ? wrongFiles.get() : e;
            } finally {
                direct.ifPresent(HikariDataSource::close);
            }
        }
    }

    private static PostgresMigrator built(PostgresMigratorBuilder builder) {
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    private Optional<MigrationFileException> load(MigratorCommand root) {
        try {
            migrations = MigrationFiles.load(root.migrations());
            return Optional.empty();
        } catch (MigrationFileException e) {
            if (recordIsEnough()) {
                return Optional.of(e);
            }
            migrations = List.of(only().flatMap(id -> alone(root, id)).orElseThrow(() -> e));
            return Optional.of(e);
        }
    }

    private static Optional<Migration> alone(MigratorCommand root, String id) {
        try {
            Path file = root.migrations().resolve(id + ".yaml");
            return Optional.of(MigrationFiles.parse(id, file.toString(), Files.readString(file)));
        } catch (IOException | MigrationFileException | InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static <T> T filledIn(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("picocli has not filled in the command");
        }
        return value;
    }

    private CommandLine line() {
        return filledIn(spec).commandLine();
    }

    /** Shows what the engine does. */
    ProgressListener progress() {
        return filledIn(parent).progress(err());
    }

    /** Notes that what fails was refused: nothing was begun. */
    void refuse() {
        filledIn(parent).refuse();
    }

    /** Tells how a walk ended. */
    void tell(String id, Outcome outcome) {
        Outcomes.print(id, outcome, out(), err());
        noteRefusal(outcome);
    }

    /** Tells how a walk back ended. */
    void tellBack(String id, Outcome outcome) {
        Outcomes.printBack(id, outcome, out(), err());
        noteRefusal(outcome);
    }

    private void noteRefusal(Outcome outcome) {
        if (outcome instanceof Outcome.Failed failed && failed.position().status() == Status.PENDING) {
            refuse();
        }
    }

    PrintWriter out() {
        return line().getOut();
    }

    PrintWriter err() {
        return line().getErr();
    }

    /** The migration of that id, if there is a file of it. */
    Optional<Migration> migration(String id) {
        return migrations.stream()
                .filter(migration -> migration.id().equals(id))
                .findFirst();
    }
}
