package dev.migrator.pg.internal.release;

import java.util.Set;

/**
 * What the server has told a transaction at its start.
 *
 * @param changed the migrations, of those whose shapes the instance bears both, of which it uses the new one
 * @param unprepared whether tables are about to change, so that no statement prepared on the server may be used
 * @param tableChanges how often tables have changed
 */
record Entry(Set<String> changed, boolean unprepared, long tableChanges) {
    /** Copies the set. */
    Entry {
        changed = Set.copyOf(changed);
    }
}
