package dev.migrator;

import java.util.Locale;
import java.util.Optional;

/** The phases of a migration, in order. All but {@link #PURGE} can be walked back. */
public enum Phase {
    /** Adds the new shape beside the old, and what keeps the two in step. */
    EXPAND,
    /** Fills the new shape for the rows that no release has written since. */
    BACKFILL,
    /** Constraints, indexes, and the proof, row by row, that the two shapes agree. */
    VALIDATE,
    /** Retires the old shape, which is still kept in step. */
    CONTRACT,
    /** Drops the retired shape and the migrator's helpers: the point of no return. */
    PURGE;

    /**
     * The phase after this one.
     *
     * @return the phase; empty after {@link #PURGE}
     */
    public Optional<Phase> next() {
        return switch (this) {
            case EXPAND -> Optional.of(BACKFILL);
            case BACKFILL -> Optional.of(VALIDATE);
            case VALIDATE -> Optional.of(CONTRACT);
            case CONTRACT -> Optional.of(PURGE);
            case PURGE -> Optional.empty();
        };
    }

    /**
     * The phase before this one.
     *
     * @return the phase; empty before {@link #EXPAND}
     */
    public Optional<Phase> previous() {
        return switch (this) {
            case EXPAND -> Optional.empty();
            case BACKFILL -> Optional.of(EXPAND);
            case VALIDATE -> Optional.of(BACKFILL);
            case CONTRACT -> Optional.of(VALIDATE);
            case PURGE -> Optional.of(CONTRACT);
        };
    }

    /**
     * Whether this phase comes earlier.
     *
     * @param other the phase to compare with
     * @return true if this phase comes before the other one; false for the same phase
     */
    public boolean isBefore(Phase other) {
        return compareTo(other) < 0;
    }

    /**
     * The phase's name in migration files and on the command line.
     *
     * @return the name in lower case
     */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
