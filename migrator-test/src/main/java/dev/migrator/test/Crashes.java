package dev.migrator.test;

import dev.migrator.Phase;
import dev.migrator.pg.PostgresMigrator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Kills the migrator at its statements, one after the other, each time in a new database, and lets another one go on: schema and
 * rows have to be those of a run to which nothing happened.
 *
 * <p>Each crash takes about as long as the whole migration does, a second or two on small tables.
 */
public final class Crashes {
    private static final Duration LEASES_RUN_OUT = Duration.ofMinutes(2);

    private final MigrationSuite suite;
    private final PostgresServer server;

    private Crashes(MigrationSuite suite, PostgresServer server) {
        this.suite = suite;
        this.server = server;
    }

    /** In databases like this one, which stays as it is. */
    public static Crashes of(MigrationDatabase database) {
        return new Crashes(database.suite(), database.database().server());
    }

    /**
     * Once at every statement that the migrator sends on its way to PURGE.
     *
     * @return how many there were
     * @throws AssertionError with the statements after which something was different, and what
     */
    public int crashAtEveryStatement() {
        return crash(Integer.MAX_VALUE, 0);
    }

    /**
     * As {@link #crashAtEveryStatement()}, at some of the statements.
     *
     * @param about how many, 1 or more
     * @param seed which ones
     * @return how many there were
     * @throws IllegalArgumentException if there are to be none
     * @throws AssertionError with the statements after which something was different, and what
     */
    public int crashAtSomeStatements(int about, long seed) {
        if (about < 1) {
            throw new IllegalArgumentException("about is " + about + "; it must be 1 or more");
        }
        return crash(about, seed);
    }

    private int crash(int about, long seed) {
        try (MigrationDatabase whole = suite.createDatabase(server)) {
            FaultyDataSource counted = watched(whole, FaultPlan.none());
            migrate(counted);
            whole.advanceTo(Phase.PURGE);
            Picture expected = Picture.of(whole);
            List<String> statements = counted.statements();
            int stride = Math.max(1, statements.size() / about);
            int first = stride == 1 ? 0 : new Random(seed).nextInt(stride);
            List<Integer> places = IntStream.rangeClosed(1, statements.size())
                    .filter(place -> (place - 1) % stride == first)
                    .boxed()
                    .toList();
            List<String> wrong = new ArrayList<>();
            int fired = 0;
            for (int place : places) {
                Optional<List<String>> found = crashAt(place, expected);
                fired += found.isPresent() ? 1 : 0;
                found.ifPresent(wrong::addAll);
            }
            if (fired == 0) {
                throw new AssertionError("Migration %s: none of %d crashes came; every run was over before its place."
                        .formatted(suite.migration().id(), places.size()));
            }
            if (!wrong.isEmpty()) {
                throw new AssertionError("Migration %s does not survive %d of %d crashes:%n%s"
                        .formatted(suite.migration().id(), wrong.size(), fired, String.join("\n", wrong)));
            }
            return fired;
        }
    }

    /** What was different; empty if this run was over before it came to that place, as one with fewer retries may be. */
    private Optional<List<String>> crashAt(int place, Picture expected) {
        String when = "  after statement %d: ".formatted(place);
        try (MigrationDatabase database = suite.createDatabase(server)) {
            FaultyDataSource mortal = watched(database, FaultPlan.crashAfter(place));
            try {
                migrate(mortal);
            } catch (EngineCrash expectedToo) {
                // Where it crashes on another thread, the result tells nothing either.
            }
            if (!mortal.fired()) {
                return Optional.empty();
            }
            when = "  after statement %d (%s): "
                    .formatted(place, oneLine(mortal.statements().get(place - 1)));
            database.database().awaitNoSessions();
            database.letTimePass(LEASES_RUN_OUT).advanceTo(Phase.PURGE);
            String where = when;
            return Optional.of(expected.differences(database).stream()
                    .map(difference -> where + difference)
                    .toList());
        } catch (AssertionError | RuntimeException e) {
            return Optional.of(List.of(when + e.getMessage()));
        }
    }

    private void migrate(FaultyDataSource source) {
        PostgresMigrator migrator = suite.migrator(source);
        migrator.migrate(Phase.PURGE, suite.migration().id());
    }

    /** What the thread that renews the lease sends comes at its own pace. */
    private static FaultyDataSource watched(MigrationDatabase database, FaultPlan plan) {
        return FaultyDataSource.over(database.database().dataSource(), plan, sql -> !Thread.currentThread()
                .getName()
                .equals("migrator-lease"));
    }

    private static String oneLine(String sql) {
        String line = sql.replaceAll("\\s+", " ").strip();
        return line.length() > 200 ? line.substring(0, 80) + " … " + line.substring(line.length() - 110) : line;
    }

    /** Schema and rows. */
    private record Picture(SchemaSnapshot schema, RowSnapshot rows) {
        static Picture of(MigrationDatabase database) {
            return new Picture(database.schema(), database.rows());
        }

        List<String> differences(MigrationDatabase other) {
            List<String> differences = new ArrayList<>(schema.differences(other.schema()));
            differences.addAll(rows.differences(other.rows()));
            return differences;
        }
    }
}
