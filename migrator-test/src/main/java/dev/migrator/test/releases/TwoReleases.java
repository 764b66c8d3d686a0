package dev.migrator.test.releases;

import dev.migrator.test.MigrationDatabase;
import dev.migrator.test.MigrationSuite;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.releases.Interleaved.Played;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Lets the old and the new release of an application work on one database in every phase in which they are promised to: the old
 * one until VALIDATE is complete, the new one from then on, both while it is. They store, change, remove and read records that
 * are made from a seed:
 *
 * <ul>
 *   <li>one call after the other, forward to each phase and back from it, in databases of their own. What fails is made
 *       smaller before it is shown;
 *   <li>in several threads at once, also while the phases are under way, forward to CONTRACT, back to the start, and forward to
 *       PURGE.
 * </ul>
 *
 * It fails if a statement of theirs fails or takes longer than the budget, if one of them reads something else than what it has
 * stored itself or what the mapping makes of what the other one has stored, and if a migration does not come to a phase.
 *
 * <pre>{@code
 * TwoReleases.between(oldUsers, newUsers)
 *         .mapping(name -> name, name -> name)
 *         .keys(random -> random.nextLong(1, 50))
 *         .values(Names::any, Names::any)
 *         .play(database);
 * }</pre>
 *
 * <p>Not thread-safe.
 *
 * @param <K> what names a record
 * @param <O> a record as the old release knows it
 * @param <N> a record as the new release knows it
 */
public final class TwoReleases<K, O, N> {
    private final Release<K, O> oldRelease;
    private final Release<K, N> newRelease;
    private @Nullable Function<? super O, ? extends N> up;
    private @Nullable Function<? super N, ? extends O> down;
    private @Nullable Function<RandomGenerator, ? extends K> keys;
    private @Nullable Function<RandomGenerator, ? extends O> oldValues;
    private @Nullable Function<RandomGenerator, ? extends N> newValues;
    private long seed = 1;
    private int calls = 40;
    private int threads = 4;
    private Duration budget = Duration.ofSeconds(2);

    private TwoReleases(Release<K, O> oldRelease, Release<K, N> newRelease) {
        this.oldRelease = oldRelease;
        this.newRelease = newRelease;
    }

    /** Begins with the two releases. */
    public static <K, O, N> TwoReleases<K, O, N> between(Release<K, O> oldRelease, Release<K, N> newRelease) {
        return new TwoReleases<>(oldRelease, newRelease);
    }

    /**
     * Says what each release reads where the other one has stored a record.
     *
     * @param newToOld may lose something: what the new release has stored, it reads as it was
     */
    public TwoReleases<K, O, N> mapping(
            Function<? super O, ? extends N> oldToNew, Function<? super N, ? extends O> newToOld) {
        this.up = oldToNew;
        this.down = newToOld;
        return this;
    }

    /** Says how keys are made; from few ones, so that the releases meet. There may be records of such keys before. */
    public TwoReleases<K, O, N> keys(Function<RandomGenerator, ? extends K> generator) {
        this.keys = generator;
        return this;
    }

    /** Says how records are made. */
    public TwoReleases<K, O, N> values(
            Function<RandomGenerator, ? extends O> ofOld, Function<RandomGenerator, ? extends N> ofNew) {
        this.oldValues = ofOld;
        this.newValues = ofNew;
        return this;
    }

    /** Replaces the seed of all that is made; 1 by default. */
    public TwoReleases<K, O, N> seed(long number) {
        this.seed = number;
        return this;
    }

    /**
     * Replaces the number of calls at each phase; 40 by default.
     *
     * @throws IllegalArgumentException if there are to be none
     */
    public TwoReleases<K, O, N> calls(int number) {
        if (number < 1) {
            throw new IllegalArgumentException("calls is " + number + "; it must be 1 or more");
        }
        this.calls = number;
        return this;
    }

    /** Replaces the number of threads of the concurrent part; 4 by default. */
    public TwoReleases<K, O, N> threads(int number) {
        this.threads = number;
        return this;
    }

    /** Replaces the longest time that a statement of a release may take; two seconds by default. */
    public TwoReleases<K, O, N> budget(Duration time) {
        this.budget = time;
        return this;
    }

    /**
     * Plays, in databases like this one, which stays as it is.
     *
     * @return what was done
     * @throws AssertionError with what was found, and the smallest case that shows it
     * @throws IllegalStateException if it was not said how keys and records are made and mapped
     */
    public ReleaseReport play(MigrationDatabase database) {
        return play(database.suite(), database.database().server());
    }

    /**
     * Plays, in databases of a suite on a server.
     *
     * @return what was done
     * @throws AssertionError with what was found, and the smallest case that shows it
     * @throws IllegalStateException if it was not said how keys and records are made and mapped
     */
    public ReleaseReport play(MigrationSuite suite, PostgresServer server) {
        Scene<K> scene = scene(suite, server);
        Played played = Played.NOTHING;
        int journeys = 0;
        for (Journey journey : Journey.outAndBack()) {
            played = played.and(new Interleaved<>(scene).play(journey));
            journeys++;
        }
        if (threads > 0) {
            played = played.and(new Crowd<>(scene, Journey.whole(), threads).play());
            journeys++;
        }
        return new ReleaseReport(journeys, played.statements(), played.slowest());
    }

    private Scene<K> scene(MigrationSuite suite, PostgresServer server) {
        Map<Side, Party<K>> parties = Map.of(
                Side.OLD, Party.of(oldRelease, given(down, "mapping"), given(oldValues, "values")),
                Side.NEW, Party.of(newRelease, given(up, "mapping"), given(newValues, "values")));
        return new Scene<>(suite, server, parties, given(keys, "keys"), seed, calls, budget);
    }

    private static <T> T given(@Nullable T value, String method) {
        if (value == null) {
            throw new IllegalStateException("Two releases need " + method + "(…) before they can play.");
        }
        return value;
    }
}
