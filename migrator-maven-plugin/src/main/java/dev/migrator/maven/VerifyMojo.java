package dev.migrator.maven;

import dev.migrator.Migration;
import dev.migrator.MigrationFileException;
import dev.migrator.MigrationFiles;
import dev.migrator.test.BaseSchema;
import dev.migrator.test.BaseSchemaException;
import dev.migrator.test.MigrationSuite;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.Rehearsal;
import dev.migrator.test.RehearsalReport;
import java.io.File;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Tries the migrations out on a throw-away server, for pull requests: applies the base schema, fills every table that a migration
 * touches with made-up rows, takes it through all phases and back from each, and fails on any difference. Each migration begins
 * where those before it have ended. It uses no database but its own; gates are left out.
 */
@Mojo(name = "verify", defaultPhase = LifecyclePhase.VERIFY, requiresProject = false, threadSafe = true)
public final class VerifyMojo extends AbstractMojo {

    /** The folder with the migration files; a relative one begins at the project's folder, or without a project at the current one. */
    @Parameter(property = "migrator.migrations", defaultValue = "db/migrator")
    private File migrations = new File("db/migrator");

    /** The migrations to try, separated by commas. Left out: all. */
    @Parameter(property = "migrator.ids")
    private @Nullable List<String> ids;

    /**
     * Folders with Flyway's migrations that make the base schema, such as {@code src/main/resources/db/migration}; relative as with
     * {@code migrations}. Left out: none.
     */
    @Parameter(property = "migrator.flyway")
    private @Nullable List<File> flyway;

    /** SQL files, or folders of them, that make the base schema, after those of Flyway; relative as with {@code migrations}. Left out: none. */
    @Parameter(property = "migrator.sql")
    private @Nullable List<File> sql;

    /** How many rows to make in each table that a migration touches. */
    @Parameter(property = "migrator.rows", defaultValue = "50")
    private int rows;

    /** Which rows to make: the same seed makes the same ones. */
    @Parameter(property = "migrator.seed", defaultValue = "1")
    private long seed;

    /**
     * SQL expressions for the values of columns, by {@code table.column}, where values by type would not do, such as a text that is
     * to be a number: {@code <places.lat>(random() * 90)::text</places.lat>}.
     */
    @Parameter
    private @Nullable Map<String, String> values;

    /** The major version of PostgreSQL, 14 to 18. Left out: that of the build that comes with this plugin, 17. */
    @Parameter(property = "migrator.postgres")
    private @Nullable Integer postgres;

    /** Whether to do nothing. */
    @Parameter(property = "migrator.skip", defaultValue = "false")
    private boolean skip;

    /** Made by Maven. */
    public VerifyMojo() {}

    @Override
    public void execute() throws MojoExecutionException, MojoFailureException {
        if (skip) {
            getLog().info("Skipped (migrator.skip).");
            return;
        }
        MavenLogging.quiet(getLog());
        List<Migration> all = load();
        try (PostgresServer server = start()) {
            int bad = 0;
            for (int i = 0; i < all.size(); i++) {
                if (chosen(all.get(i).id())) {
                    bad += isGood(all.subList(0, i + 1), server) ? 0 : 1;
                }
            }
            if (bad > 0) {
                throw new MojoFailureException(bad + " of the migrations in " + migrations
                        + " did not come through; the log tells what differs (seed " + seed + ").");
            }
        } catch (BaseSchemaException e) {
            throw new MojoFailureException(e.getMessage(), e);
        }
    }

    private List<Migration> load() throws MojoFailureException {
        try {
            List<Migration> all = MigrationFiles.load(migrations.toPath());
            List<String> known = all.stream().map(Migration::id).toList();
            for (String id : Optional.ofNullable(ids).orElse(List.of())) {
                if (!known.contains(id)) {
                    throw new MojoFailureException("There is no migration " + id + " in " + migrations + ". There are: "
                            + String.join(", ", known) + ".");
                }
            }
            return all;
        } catch (MigrationFileException e) {
            throw new MojoFailureException(e.getMessage(), e);
        }
    }

    private PostgresServer start() throws MojoFailureException {
        try {
            return PostgresServer.builder()
                    .major(postgres == null ? PostgresServer.DEFAULT_MAJOR : postgres)
                    .start();
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw new MojoFailureException(e.getMessage(), e);
        }
    }

    private boolean chosen(String id) {
        return ids == null || ids.isEmpty() || ids.contains(id);
    }

    private boolean isGood(List<Migration> throughThis, PostgresServer server) {
        Rehearsal rehearsal =
                Rehearsal.of(MigrationSuite.of(base(), throughThis)).rows(rows).seed(seed);
        Optional.ofNullable(values).orElse(Map.of()).forEach(rehearsal::value);
        RehearsalReport report = rehearsal.on(server);
        report.toString().lines().forEach(report.isGood() ? getLog()::info : getLog()::error);
        return report.isGood();
    }

    private BaseSchema base() {
        BaseSchema base = BaseSchema.empty();
        if (flyway != null && !flyway.isEmpty()) {
            base = base.and(BaseSchema.flyway(flyway.stream()
                    .map(folder -> "filesystem:" + folder.getPath())
                    .toArray(String[]::new)));
        }
        if (sql != null && !sql.isEmpty()) {
            base = base.and(BaseSchema.sql(sql.stream().map(File::getPath).toArray(String[]::new)));
        }
        return base;
    }
}
