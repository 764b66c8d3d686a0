package dev.migrator.test.releases;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Makes a list that fails smaller, as delta debugging does: takes parts away for as long as it still fails. */
final class Shrinker<T> {
    private final Predicate<List<T>> fails;
    private final long end;

    Shrinker(Predicate<List<T>> fails, Duration limit) {
        this.fails = fails;
        this.end = System.nanoTime() + limit.toNanos();
    }

    private boolean hasTime() {
        return System.nanoTime() - end < 0;
    }

    /**
     * The smallest list found.
     *
     * @param failing a list that fails
     */
    List<T> shrink(List<T> failing) {
        List<T> smallest = failing;
        int size = Math.max(1, smallest.size() / 2);
        while (hasTime()) {
            List<T> smaller = withoutOnePart(smallest, size);
            if (smaller.size() < smallest.size()) {
                smallest = smaller;
                size = Math.max(1, Math.min(size, smallest.size() / 2));
            } else if (size == 1) {
                return smallest;
            } else {
                size = size / 2;
            }
        }
        return smallest;
    }

    /** The list without the last of its parts that it can do without; the list itself if there is none. */
    private List<T> withoutOnePart(List<T> failing, int size) {
        for (int to = failing.size(); to > 0 && hasTime(); to -= size) {
            List<T> smaller = new ArrayList<>(failing.subList(0, Math.max(0, to - size)));
            smaller.addAll(failing.subList(to, failing.size()));
            if (fails.test(smaller)) {
                return List.copyOf(smaller);
            }
        }
        return failing;
    }
}
