package dev.migrator.internal.file;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What someone probably meant to write. */
final class Suggestion {

    private Suggestion() {}

    /** The end of a message: {@code ; did you mean 'column'?}, or all that is possible if nothing is near. */
    static String of(String written, List<String> possible, String listIntroduction) {
        return nearest(written, possible)
                .map(near -> "; did you mean '" + near + "'?")
                .orElseGet(() -> "; " + listIntroduction + ": " + String.join(", ", possible));
    }

    /** The word that is near enough to be meant. */
    static Optional<String> nearest(String written, List<String> possible) {
        if (written.length() > 100) {
            return Optional.empty();
        }
        int limit = Math.max(1, Math.min(3, written.length() / 3));
        return possible.stream()
                .filter(word -> distance(written, word) <= limit)
                .min(Comparator.comparingInt(word -> distance(written, word)));
    }

    /** The edits from one word to the other, swapped neighbours being one edit and case being none. */
    private static int distance(String one, String other) {
        String a = one.toLowerCase(Locale.ROOT);
        String b = other.toLowerCase(Locale.ROOT);
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + same);
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
