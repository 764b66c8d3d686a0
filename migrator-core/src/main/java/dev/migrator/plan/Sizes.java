package dev.migrator.plan;

import java.time.Duration;
import java.util.Locale;

/** Numbers as people read them. */
public final class Sizes {
    private static final String[] UNITS = {"bytes", "kB", "MB", "GB", "TB"};

    private Sizes() {}

    /** A number of bytes, rounded. */
    public static String bytes(long bytes) {
        int unit = 0;
        double size = bytes;
        while (size >= 1000 && unit < UNITS.length - 1) {
            size /= 1024;
            unit++;
        }
        String pattern = unit > 0 && size < 10 ? "%.1f %s" : "%.0f %s";
        return String.format(Locale.ROOT, pattern, size, UNITS[unit]);
    }

    /** A duration, rounded. */
    public static String time(Duration time) {
        long seconds = Math.round(time.toMillis() / 1000.0);
        if (seconds < 1) {
            return "less than a second";
        } else if (seconds < 120) {
            return seconds + " s";
        }
        return seconds < 7200 ? seconds / 60 + " min" : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
    }
}
