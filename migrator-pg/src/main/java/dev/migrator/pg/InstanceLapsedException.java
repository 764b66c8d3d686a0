package dev.migrator.pg;

import dev.migrator.MigratorException;

/**
 * An application instance has given no sign of life for as long as its lease, so that gates do not count on it any more and
 * nothing is promised to it. It registers again by itself; whoever met this may try again.
 */
public final class InstanceLapsedException extends MigratorException {
    private static final long serialVersionUID = 1L;

    InstanceLapsedException(String instance, String why) {
        super("Instance " + instance + " does not count as live: its lease has run out"
                + (why.isEmpty() ? "" : " (" + why + ")") + ". It registers again by itself; try again.");
    }
}
