package dev.migrator.throttle;

import java.util.Arrays;
import java.util.List;

/**
 * The standbys that were promised: the backfill stops while fewer are streaming.
 *
 * @param number how many
 * @param names their names ({@code application_name}); none: any
 */
public record Standbys(int number, List<String> names) {

    /** Copies the list. */
    public Standbys {
        names = List.copyOf(names);
    }

    /**
     * Reads what stands under {@code standbys}.
     *
     * @param text a number, or names with commas between
     * @return the standbys
     * @throws IllegalArgumentException if it is neither, as the rest of a sentence that begins with its subject
     */
    public static Standbys parse(String text) {
        String trimmed = text.strip();
        if (trimmed.matches("\\d{1,4}")) {
            int number = Integer.parseInt(trimmed);
            if (number == 0) {
                throw new IllegalArgumentException("is 0; it must be 1 or more, or off");
            }
            return new Standbys(number, List.of());
        }
        List<String> names =
                Arrays.stream(trimmed.split(",", -1)).map(String::strip).toList();
        if (names.contains("")) {
            throw new IllegalArgumentException("has a name that is empty: '" + trimmed + "'");
        }
        return new Standbys(names.size(), names);
    }
}
