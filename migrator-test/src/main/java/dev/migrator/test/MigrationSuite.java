package dev.migrator.test;

import dev.migrator.Gates;
import dev.migrator.Migration;
import dev.migrator.MigrationFiles;
import dev.migrator.Phase;
import dev.migrator.pg.PostgresMigrator;
import dev.migrator.pg.PostgresMigratorBuilder;
import dev.migrator.test.internal.Locations;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * What is tested: one migration, on the base schema of the application and all migrations before it.
 *
 * <p>Databases at each of its phases are made once for a server and copied, about 15 ms each. Immutable; thread-safe.
 */
public final class MigrationSuite {
    /** The schema of the state tables in a test's database. */
    static final String STATE_SCHEMA = "migrator";

    private final BaseSchema base;
    private final List<Migration> defined;
    private final boolean gates;
    private final Settings settings;

    private MigrationSuite(BaseSchema base, List<Migration> defined, boolean gates, Settings settings) {
        this.base = base;
        this.defined = List.copyOf(defined);
        this.gates = gates;
        this.settings = settings;
    }

    private record Settings(String key, Consumer<PostgresMigratorBuilder> changes) {
        static final Settings DEFAULTS = new Settings("default settings", builder -> {});
    }

    /**
     * Tests a migration of a folder.
     *
     * @param base what is there before the first migration
     * @param folder the folder of migration files: {@code db/migrator} from the working directory or on the class path
     * @param id the migration; empty: the last one of the folder. Those before it have run to the end; those after it are left out
     * @throws dev.migrator.MigrationFileException with all problems of all files
     * @throws IllegalArgumentException if there is no such folder, or no migration of that id in it
     */
    public static MigrationSuite of(BaseSchema base, String folder, Optional<String> id) {
        List<Migration> all = MigrationFiles.load(Locations.find(folder));
        String tested = id.orElse(all.get(all.size() - 1).id());
        List<String> ids = all.stream().map(Migration::id).toList();
        if (!ids.contains(tested)) {
            throw new IllegalArgumentException(
                    "There is no migration %s in %s. There are: %s.".formatted(tested, folder, String.join(", ", ids)));
        }
        return of(base, all.subList(0, ids.indexOf(tested) + 1));
    }

    /**
     * Tests the last one of some migrations; those before it have run to the end.
     *
     * @param base what is there before the first migration
     * @param migrations at least one, in their order
     */
    public static MigrationSuite of(BaseSchema base, List<Migration> migrations) {
        if (migrations.isEmpty()) {
            throw new IllegalArgumentException("There is no migration to test.");
        }
        return new MigrationSuite(base, migrations, false, Settings.DEFAULTS);
    }

    /**
     * The same with the tested migration's own gates, which are left out otherwise: then a test gives the approvals, lets time
     * pass and registers the releases.
     */
    public MigrationSuite keepGates() {
        return new MigrationSuite(base, defined, true, settings);
    }

    /**
     * The same with more settings of the migrator, such as the functions that compute columns. Keep the suite: each call stands
     * for other settings, so databases are made anew.
     */
    public MigrationSuite with(Consumer<PostgresMigratorBuilder> more) {
        Settings both =
                new Settings("settings " + UUID.randomUUID(), settings.changes().andThen(more));
        return new MigrationSuite(base, defined, gates, both);
    }

    /** The migration that is tested. */
    public Migration migration() {
        Migration last = defined.get(defined.size() - 1);
        return gates ? last : last.withGates(Gates.none());
    }

    /** Those that have run to the end before it. */
    private List<Migration> earlier() {
        return defined.subList(0, defined.size() - 1).stream()
                .map(migration -> migration.withGates(Gates.none()))
                .toList();
    }

    private List<Migration> all() {
        return Stream.concat(earlier().stream(), Stream.of(migration())).toList();
    }

    PostgresMigrator migrator(DataSource source) {
        PostgresMigratorBuilder builder = PostgresMigrator.builder(source)
                .migrations(all())
                .stateSchema(STATE_SCHEMA)
                .release("test");
        settings.changes().accept(builder);
        return builder.build();
    }

    /** A database in which the tested migration has not begun. */
    public MigrationDatabase createDatabase(PostgresServer server) {
        return new MigrationDatabase(this, before(server).createDatabase());
    }

    /**
     * A database in which a phase of the tested migration is complete.
     *
     * @throws AssertionError if the migration does not come so far, with the reason
     */
    public MigrationDatabase createDatabase(PostgresServer server, Phase phase) {
        if (gates) {
            // An approval belongs to one database.
            return advanced(createDatabase(server), Optional.of(phase));
        }
        return new MigrationDatabase(this, at(server, phase).createDatabase());
    }

    /**
     * A database before the first phase or at a phase, with a name of its own or a given one.
     *
     * @throws AssertionError if the migration does not come so far, with the reason
     * @throws DatabaseNameTakenException if there is a database of that name on the server
     */
    public MigrationDatabase createDatabase(PostgresServer server, Optional<Phase> phase, Optional<String> name) {
        if (name.isEmpty()) {
            return phase.map(reached -> createDatabase(server, reached)).orElseGet(() -> createDatabase(server));
        }
        return advanced(new MigrationDatabase(this, before(server).createDatabase(name.get())), phase);
    }

    private static MigrationDatabase advanced(MigrationDatabase database, Optional<Phase> phase) {
        try {
            phase.ifPresent(database::advanceTo);
            return database;
        } catch (RuntimeException | Error e) {
            database.close();
            throw e;
        }
    }

    /** Each migration before it adds to what is there without it, so that suites of one folder share their templates. */
    private DatabaseTemplate before(PostgresServer server) {
        DatabaseTemplate reached = base.on(server).extended("the state tables", database -> {
            // With nothing to migrate it only makes them.
            PostgresMigrator.builder(database.pool())
                    .stateSchema(STATE_SCHEMA)
                    .build()
                    .migrate();
            database.closePool();
        });
        for (Migration migration : earlier()) {
            reached = reached.extended(settings.key() + ", " + identity(migration), database -> {
                migrator(database.pool())
                        .migrate(Phase.PURGE, migration.id())
                        .forEach(result -> MigrationDatabase.arrived(result, Phase.PURGE));
                database.closePool();
            });
        }
        return reached;
    }

    private DatabaseTemplate at(PostgresServer server, Phase phase) {
        DatabaseTemplate previous =
                phase.previous().map(earlier -> at(server, earlier)).orElseGet(() -> before(server));
        return previous.extended(settings.key() + ", " + identity(migration()) + " " + phase.key(), database -> {
            new MigrationDatabase(this, database).advanceTo(phase);
            database.closePool();
        });
    }

    private static String identity(Migration migration) {
        return migration.id() + " " + migration.checksum();
    }

    @Override
    public String toString() {
        return migration().id() + " on " + base;
    }
}
