package dev.migrator.test.junit;

import dev.migrator.Migration;
import dev.migrator.pg.PostgresMigratorBuilder;
import dev.migrator.test.BaseSchema;
import dev.migrator.test.MigrationSuite;
import dev.migrator.test.PostgresServer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** Collects what a {@link MigratorExtension} does; left out is as {@link MigrationTest} says. Not thread-safe. */
public final class MigratorExtensionBuilder {
    private BaseSchema base = BaseSchema.empty();
    private String folder = "db/migrator";
    private Optional<String> migration = Optional.empty();
    private List<Migration> inCode = List.of();
    private boolean keepGates;
    private Optional<Consumer<PostgresMigratorBuilder>> settings = Optional.empty();
    private Optional<PostgresServer> server = Optional.empty();
    private OptionalInt major = OptionalInt.empty();
    private Optional<String> databaseName = Optional.empty();
    private boolean keepOnFailure;

    MigratorExtensionBuilder() {}

    /** Replaces the schema that is there before the first migration; an empty database by default. */
    public MigratorExtensionBuilder baseSchema(BaseSchema schema) {
        this.base = schema;
        return this;
    }

    /** Replaces the folder of migration files, from the working directory or on the class path; {@code db/migrator} by default. */
    public MigratorExtensionBuilder migrations(String location) {
        this.folder = location;
        return this;
    }

    /** Takes migrations that were made in code instead of a folder; the last one is tested. */
    public MigratorExtensionBuilder migrations(List<Migration> all) {
        this.inCode = List.copyOf(all);
        return this;
    }

    /** Chooses the tested migration of the folder; the last one by default. */
    public MigratorExtensionBuilder migration(String id) {
        this.migration = Optional.of(id);
        return this;
    }

    /** Lets the migration's own gates count; left out by default. */
    public MigratorExtensionBuilder keepGates() {
        this.keepGates = true;
        return this;
    }

    /** Adds settings of the migrator, such as the functions that compute columns, or the application's own gates. */
    public MigratorExtensionBuilder settings(Consumer<PostgresMigratorBuilder> more) {
        this.settings = Optional.of(settings.map(before -> before.andThen(more)).orElse(more));
        return this;
    }

    /** Replaces the server; {@link PostgresServer#shared()} by default. Whoever gives it closes it. */
    public MigratorExtensionBuilder server(PostgresServer other) {
        this.server = Optional.of(other);
        return this;
    }

    /** Chooses the major version of the server, 14 to 18. */
    public MigratorExtensionBuilder postgres(int version) {
        this.major = OptionalInt.of(version);
        return this;
    }

    /** Names the database, for code that can't take another one; by default each test has a name of its own. */
    public MigratorExtensionBuilder databaseName(String name) {
        this.databaseName = Optional.of(name);
        return this;
    }

    /** Keeps the database of a test that fails; see {@link MigrationTest#keepOnFailure()}. */
    public MigratorExtensionBuilder keepOnFailure() {
        this.keepOnFailure = true;
        return this;
    }

    /**
     * Makes the extension; reads the migrations, but starts no server yet.
     *
     * @throws dev.migrator.MigrationFileException with all problems of all files
     * @throws IllegalArgumentException if there is no such folder, or no migration of that id in it
     */
    public MigratorExtension build() {
        MigrationSuite suite =
                inCode.isEmpty() ? MigrationSuite.of(base, folder, migration) : MigrationSuite.of(base, inCode);
        MigrationSuite gated = keepGates ? suite.keepGates() : suite;
        // Without any, suites of one folder share their templates.
        MigrationSuite set = settings.map(gated::with).orElse(gated);
        return new MigratorExtension(new ExtensionSettings(set, server, major, databaseName, keepOnFailure));
    }
}
