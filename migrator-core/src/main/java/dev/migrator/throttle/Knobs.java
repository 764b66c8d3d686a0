package dev.migrator.throttle;

import dev.migrator.BackfillSettings;
import dev.migrator.internal.check.Checks;
import dev.migrator.internal.check.Durations;
import dev.migrator.internal.check.Texts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Settings of a backfill that are changed while it runs, from any process; each one goes before that of the migration's file.
 *
 * @param values the values by key: {@code batchTarget}, {@code workers}, {@code pauseAboveReplicaLag}, and {@code throttle.}
 *     with the name of a {@link ThrottleKey}; all as a file writes them, {@value #IF_NOT_TUNED} takes a change back
 */
public record Knobs(Map<String, String> values) {
    /** The value that takes a change back: what the file says holds again. */
    public static final String IF_NOT_TUNED = "default";

    /** What the keys of the throttle begin with. */
    public static final String THROTTLE = "throttle.";

    private static final String BATCH_TARGET = "batchTarget";
    private static final String WORKERS = "workers";
    private static final String REPLICA_LAG = "pauseAboveReplicaLag";
    private static final Knobs NONE = new Knobs(Map.of());

    /**
     * Checks and copies the values.
     *
     * @throws IllegalArgumentException with everything that is wrong, by key
     */
    public Knobs {
        Map<String, String> copy = new TreeMap<>();
        Checks checks = new Checks();
        values.forEach((key, value) -> {
            copy.put(key, value.strip());
            problem(key, value.strip()).ifPresent(problem -> checks.add(Texts.oneLine(key), problem));
        });
        checks.throwIfAny();
        values = Collections.unmodifiableMap(copy);
    }

    /**
     * Nothing is changed.
     *
     * @return no knobs
     */
    public static Knobs none() {
        return NONE;
    }

    /**
     * The same with another value.
     *
     * @param key the key
     * @param value the value as a file writes it
     * @return the knobs
     * @throws IllegalArgumentException if there is no such key, or the value is none for it
     */
    public Knobs with(String key, String value) {
        Map<String, String> more = new TreeMap<>(values);
        more.put(key, value);
        return new Knobs(more);
    }

    /** How long a batch should hold its row locks. */
    public Knobs batchTarget(Duration target) {
        return with(BATCH_TARGET, Durations.format(target));
    }

    /** How many batches run at the same time. */
    public Knobs workers(int number) {
        return with(WORKERS, Integer.toString(number));
    }

    /** The replica lag above which the backfill pauses. */
    public Knobs pauseAboveReplicaLag(Duration lag) {
        return with(REPLICA_LAG, Durations.format(lag));
    }

    /** What the throttle looks at. */
    public Knobs throttle(ThrottleKey key, String value) {
        return with(THROTTLE + key.key(), value);
    }

    /** Which of these keys this version does not know: another one has written them. */
    public static List<String> unknown(Map<String, String> recorded) {
        return recorded.keySet().stream().filter(key -> !isKnown(key)).sorted().toList();
    }

    private static boolean isKnown(String key) {
        return keys().contains(key);
    }

    /**
     * All keys.
     *
     * @return the keys
     */
    public static List<String> keys() {
        List<String> keys = new ArrayList<>(List.of(BATCH_TARGET, WORKERS, REPLICA_LAG));
        ThrottleKey.keys().forEach(key -> keys.add(THROTTLE + key));
        return List.copyOf(keys);
    }

    private static Optional<String> problem(String key, String value) {
        if (!isKnown(key)) {
            return Optional.of("there is no such knob; there are " + String.join(", ", keys()));
        }
        if (value.equals(IF_NOT_TUNED)) {
            return Optional.empty();
        }
        try {
            apply(BackfillSettings.defaults(), key, value);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            String name = key.substring(key.lastIndexOf('.') + 1) + ": ";
            return Optional.of(message.startsWith(name) ? message.substring(name.length()) : message);
        }
    }

    /**
     * What holds while the file says one thing and the knobs another.
     *
     * @param file the settings of the migration's file
     * @return the settings with these knobs
     */
    public BackfillSettings over(BackfillSettings file) {
        BackfillSettings settings = file;
        for (Map.Entry<String, String> knob : values.entrySet()) {
            if (!knob.getValue().equals(IF_NOT_TUNED)) {
                settings = apply(settings, knob.getKey(), knob.getValue());
            }
        }
        return settings;
    }

    private static BackfillSettings apply(BackfillSettings settings, String key, String value) {
        return switch (key) {
            case BATCH_TARGET -> settings.withBatchTarget(Durations.parse(value));
            case WORKERS -> settings.withWorkers(number(value));
            case REPLICA_LAG ->
                settings.withPauseAboveReplicaLag(
                        value.equals(ThrottleKey.OFF) ? Optional.empty() : Optional.of(Durations.parse(value)));
            default ->
                settings.withThrottle(settings.throttle()
                        .with(ThrottleKey.of(key.substring(THROTTLE.length())).orElseThrow(), value));
        };
    }

    private static int number(String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("is no whole number: '" + Texts.oneLine(value) + "'", e);
        }
    }
}
