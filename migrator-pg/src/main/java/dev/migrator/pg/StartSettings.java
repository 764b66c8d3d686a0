package dev.migrator.pg;

import dev.migrator.Phase;
import java.util.Optional;

/**
 * What an application does about migrations when it {@linkplain PostgresMigrator#start starts}.
 *
 * @param instance what it says of itself, and how long it waits until the schema is safe for it
 * @param advanceTo the last phase to which it takes migrations, as far as their gates allow; empty: it takes none forward
 * @param helpers how many threads of it help with backfills, whichever process leads them; zero: none
 * @param goesBack whether a migration goes back to VALIDATE by itself when statements fail because they name what its CONTRACT
 *     has retired
 */
public record StartSettings(InstanceSettings instance, Optional<Phase> advanceTo, int helpers, boolean goesBack) {
    /**
     * Checks the number.
     *
     * @throws IllegalArgumentException if there are to be fewer helpers than none
     */
    public StartSettings {
        if (helpers < 0) {
            throw new IllegalArgumentException("helpers: is " + helpers + "; it must be zero or more");
        }
    }

    /**
     * Registers, takes migrations as far as their gates allow, without helpers.
     *
     * @param instance what the application says of itself
     * @return the settings
     */
    public static StartSettings of(InstanceSettings instance) {
        return new StartSettings(instance, Optional.of(Phase.PURGE), 0, false);
    }

    /**
     * The same, going no further than to the end of a phase.
     *
     * @param phase the last phase to complete
     * @return the settings
     */
    public StartSettings withAdvanceTo(Phase phase) {
        return new StartSettings(instance, Optional.of(phase), helpers, goesBack);
    }

    /**
     * The same, and a migration goes back to the end of VALIDATE by itself, as far as its rollback gates allow, when an instance
     * tells of a statement that failed because it named what CONTRACT has retired. It goes forward again when somebody names it.
     */
    public StartSettings withWayBackWhenRetiredIsUsed() {
        return new StartSettings(instance, advanceTo, helpers, true);
    }

    /** The same, taking no migration forward or back: that is somebody else's. */
    public StartSettings withoutAdvancing() {
        return new StartSettings(instance, Optional.empty(), helpers, false);
    }

    /**
     * The same with threads that help with backfills.
     *
     * @param threads how many, and batches at the same time
     * @return the settings
     */
    public StartSettings withHelpers(int threads) {
        return new StartSettings(instance, advanceTo, threads, goesBack);
    }
}
