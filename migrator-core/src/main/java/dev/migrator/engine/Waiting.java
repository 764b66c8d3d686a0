package dev.migrator.engine;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One reason for which a migration waits.
 *
 * @param gate the gate's name: {@code approval}, {@code soak}, {@code sql}, {@code releases}, …; or {@code lease} while another
 *     engine is at work, {@code order} while an earlier migration is not there yet
 * @param reason what it waits for, for people
 */
public record Waiting(String gate, String reason) {

    /** The names of the gates. */
    static List<String> gates(List<Waiting> reasons) {
        return reasons.stream().map(Waiting::gate).toList();
    }

    /** All reasons in one line. */
    static String describe(List<Waiting> reasons) {
        return reasons.stream()
                .map(waiting -> waiting.gate() + ": " + waiting.reason())
                .collect(Collectors.joining("; "));
    }
}
