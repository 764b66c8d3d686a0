package dev.migrator.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What a scenario works with.
 *
 * @param options what to measure
 * @param site the server
 * @param results where the rounds go
 * @param out for people
 */
record Bench(Options options, Site site, Results results, PrintStream out) {

    /** Notes a round, and tells of it. */
    void add(Round round) {
        results.add(round);
        out.println("  " + round);
    }

    /** The subjects in the order of a round, from 1: each is first, second, … about as often as any other. */
    static <T> List<T> rotated(List<T> subjects, int round) {
        List<T> order = new ArrayList<>(subjects);
        Collections.rotate(order, 1 - round);
        return order;
    }
}
