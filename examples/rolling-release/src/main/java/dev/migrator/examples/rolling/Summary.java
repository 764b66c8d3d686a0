package dev.migrator.examples.rolling;

import java.util.List;

/**
 * What came of it.
 *
 * @param requests how many
 * @param failures those that failed, for people
 * @param slowestMillis the slowest pair of a write and a read
 * @param rows how many rows were compared
 * @param differing those that hold something else than was acknowledged, for people
 */
record Summary(long requests, List<String> failures, long slowestMillis, long rows, List<String> differing) {
    /** Copies the lists. */
    Summary {
        failures = List.copyOf(failures);
        differing = List.copyOf(differing);
    }
}
