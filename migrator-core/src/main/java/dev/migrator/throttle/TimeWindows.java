package dev.migrator.throttle;

import dev.migrator.internal.check.Texts;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Times of day, with commas between: {@code 22:00-06:00}, {@code Mon-Fri 20:00-24:00 Europe/Berlin, Sat-Sun 00:00-24:00
 * Europe/Berlin}. Without a zone it is UTC; one that ends the next morning belongs to the day on which it begins.
 *
 * @param windows the windows
 */
public record TimeWindows(List<Window> windows) {
    private static final Pattern FORM =
            Pattern.compile("(?:([A-Za-z]{3})(?:-([A-Za-z]{3}))?\\s+)?(\\d\\d:\\d\\d)-(\\d\\d:\\d\\d)(?:\\s+(\\S+))?");
    private static final String EXAMPLE = "; write it as 22:00-06:00 or Mon-Fri 22:00-06:00 Europe/Berlin";

    /** Copies the list. */
    public TimeWindows {
        windows = List.copyOf(windows);
    }

    /**
     * One window.
     *
     * @param days the days on which it begins
     * @param from when it begins
     * @param to when it ends; not after the beginning: on the next day
     * @param zone by which clock
     */
    public record Window(Set<DayOfWeek> days, LocalTime from, LocalTime to, ZoneId zone) {

        /** Copies the set. */
        public Window {
            days = Set.copyOf(days);
        }

        private Optional<ZonedDateTime> begin(LocalDate day) {
            return days.contains(day.getDayOfWeek())
                    ? Optional.of(ZonedDateTime.of(day, from, zone))
                    : Optional.empty();
        }

        private ZonedDateTime end(LocalDate day) {
            return ZonedDateTime.of(to.isAfter(from) ? day : day.plusDays(1), to, zone);
        }
    }

    /**
     * Reads windows.
     *
     * @param text the windows, with commas between
     * @return the windows
     * @throws IllegalArgumentException if they are none, as the rest of a sentence that begins with its subject
     */
    public static TimeWindows parse(String text) {
        return new TimeWindows(Arrays.stream(text.split(",", -1))
                .map(part -> window(part.strip()))
                .toList());
    }

    private static Window window(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw wrong(text, "");
        }
        try {
            LocalTime from = LocalTime.parse(matcher.group(3));
            LocalTime to = matcher.group(4).equals("24:00") ? LocalTime.MIDNIGHT : LocalTime.parse(matcher.group(4));
            if (from.equals(to) && !from.equals(LocalTime.MIDNIGHT)) {
                throw wrong(text, " (it ends when it begins)");
            }
            String zone = matcher.group(5);
            return new Window(
                    days(text, matcher.group(1), matcher.group(2)),
                    from,
                    to,
                    zone == null ? ZoneOffset.UTC : ZoneId.of(zone));
        } catch (DateTimeException e) {
            throw wrong(text, " (" + e.getMessage() + ")");
        }
    }

    private static IllegalArgumentException wrong(String text, String why) {
        return new IllegalArgumentException("is no time window: '" + Texts.oneLine(text) + "'" + why + EXAMPLE);
    }

    private static Set<DayOfWeek> days(
            String text,
            @org.jspecify.annotations.Nullable String first,
            @org.jspecify.annotations.Nullable String last) {
        if (first == null) {
            return EnumSet.allOf(DayOfWeek.class);
        }
        DayOfWeek day = day(text, first);
        DayOfWeek end = last == null ? day : day(text, last);
        Set<DayOfWeek> days = EnumSet.of(day);
        while (day != end) {
            day = day.plus(1);
            days.add(day);
        }
        return days;
    }

    private static DayOfWeek day(String text, String name) {
        return Arrays.stream(DayOfWeek.values())
                .filter(day -> day.name().startsWith(name.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> wrong(text, " ('" + name + "' is no day: Mon, Tue, Wed, Thu, Fri, Sat, Sun)"));
    }

    /**
     * When the next window opens.
     *
     * @param now the time
     * @return empty if one is open now
     */
    public Optional<Instant> closedUntil(Instant now) {
        List<Instant> later = new ArrayList<>();
        for (Window window : windows) {
            LocalDate today = now.atZone(window.zone()).toLocalDate();
            for (int i = -1; i <= 8; i++) {
                LocalDate day = today.plusDays(i);
                Optional<Instant> begin = window.begin(day).map(ZonedDateTime::toInstant);
                if (begin.isEmpty()) {
                    continue;
                }
                if (begin.get().isAfter(now)) {
                    later.add(begin.get());
                } else if (now.isBefore(window.end(day).toInstant())) {
                    return Optional.empty();
                }
            }
        }
        return later.stream().min(Instant::compareTo);
    }
}
