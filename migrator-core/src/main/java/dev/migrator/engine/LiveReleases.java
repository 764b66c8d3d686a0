package dev.migrator.engine;

import java.util.List;

/**
 * What is known of the live instances of the application, as far as it matters for a phase.
 *
 * @param instances how many are registered
 * @param needed why the phase has to wait, one line for each instance that still needs what it takes away
 * @param unknown what makes the answer incomplete, one line each: nobody is registered, sessions belong to nobody registered
 */
public record LiveReleases(int instances, List<String> needed, List<String> unknown) {
    /** Copies the lists. */
    public LiveReleases {
        needed = List.copyOf(needed);
        unknown = List.copyOf(unknown);
    }
}
