package dev.migrator.throttle;

import dev.migrator.internal.check.Checks;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a backfill looks at between its batches, and from when it slows down or stops. They may change while it runs.
 *
 * <p>A key that is left out has its {@linkplain ThrottleKey#ifLeftOut() default}; {@value ThrottleKey#OFF} turns it off. What
 * was asked for by name and can't be observed stops the backfill; a default that can't be observed does not.
 *
 * @param values the values by key, as a file writes them
 */
public record ThrottleSettings(Map<ThrottleKey, String> values) {
    private static final ThrottleSettings NONE = new ThrottleSettings(Map.of());

    /**
     * Checks and copies the values.
     *
     * @throws IllegalArgumentException with everything that is wrong, by key
     */
    public ThrottleSettings {
        Map<ThrottleKey, String> copy = new EnumMap<>(ThrottleKey.class);
        Checks checks = new Checks();
        values.forEach((key, value) -> {
            copy.put(key, value.strip());
            key.problem(value.strip()).ifPresent(problem -> checks.add(key.key(), problem));
        });
        checks.throwIfAny();
        values = Collections.unmodifiableMap(copy);
    }

    /**
     * Nothing but the defaults.
     *
     * @return the settings of a migration that says nothing about them
     */
    public static ThrottleSettings defaults() {
        return NONE;
    }

    /**
     * The same with another value.
     *
     * @param key the key
     * @param value the value as a file writes it, or {@value ThrottleKey#OFF}
     * @return the settings
     * @throws IllegalArgumentException if the value is none for that key
     */
    public ThrottleSettings with(ThrottleKey key, String value) {
        Map<ThrottleKey, String> more = new EnumMap<>(ThrottleKey.class);
        more.putAll(values);
        more.put(key, value);
        return new ThrottleSettings(more);
    }

    /**
     * Whether it was asked for by name, so that what can't be observed counts as the worst.
     *
     * @param key the key
     * @return true if it has a value of its own and is not off
     */
    public boolean asks(ThrottleKey key) {
        String value = values.get(key);
        return value != null && !value.equals(ThrottleKey.OFF);
    }

    /**
     * Whether anything was asked for by name.
     *
     * @return true if any key has a value of its own and is not off
     */
    public boolean asksAnything() {
        return values.keySet().stream().anyMatch(this::asks);
    }

    /**
     * The value that holds for a key.
     *
     * @param key the key
     * @return the value given, or the default; empty if it is off
     */
    public Optional<String> value(ThrottleKey key) {
        return Optional.ofNullable(values.get(key)).or(key::ifLeftOut).filter(value -> !value.equals(ThrottleKey.OFF));
    }

    /**
     * The limit that holds for a key that is measured.
     *
     * @param key the key
     * @return the limit; empty if it is off
     */
    public Optional<ThrottleLimit> limit(ThrottleKey key) {
        return value(key).map(value -> ThrottleLimit.parse(key.unit(), value));
    }
}
