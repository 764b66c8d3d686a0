package dev.migrator;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The gates of a migration. A list that is given replaces the default of its phase; an empty one means no gate.
 *
 * <p>The defaults: {@code releases} and {@code approval} before CONTRACT, {@code approval} before PURGE; before VALIDATE of a
 * migration that narrows what may be written, and before each step back, {@code releases} as far as instances are registered.
 *
 * @param explicit the gates before the phases that the migration names
 * @param rollback the gates before each step back, if the migration names them
 */
public record Gates(Map<Phase, List<Gate>> explicit, Optional<List<Gate>> rollback) {

    private static final Gates DEFAULTS = new Gates(Map.of(), Optional.empty());
    private static final Gates NONE = none(Phase.values());

    /** Copies the lists. */
    public Gates {
        Map<Phase, List<Gate>> copy = new EnumMap<>(Phase.class);
        explicit.forEach((phase, gates) -> copy.put(phase, List.copyOf(gates)));
        explicit = Collections.unmodifiableMap(copy);
        rollback = rollback.map(List::copyOf);
    }

    /**
     * The gates of a migration that names none.
     *
     * @return the defaults
     */
    public static Gates defaults() {
        return DEFAULTS;
    }

    /**
     * No gate anywhere: every phase begins, and is walked back, as soon as it is asked for.
     *
     * @return gates that replace every default by none
     */
    public static Gates none() {
        return NONE;
    }

    private static Gates none(Phase... phases) {
        Map<Phase, List<Gate>> explicit = new EnumMap<>(Phase.class);
        for (Phase phase : phases) {
            explicit.put(phase, List.of());
        }
        return new Gates(explicit, Optional.of(List.of()));
    }

    /**
     * The gates before a phase on the way forward.
     *
     * @param phase the phase
     * @param narrows whether the migration narrows what may be written
     * @return the gates; all have to be open
     */
    public List<Gate> before(Phase phase, boolean narrows) {
        List<Gate> gates = explicit.get(phase);
        if (gates != null) {
            return gates;
        }
        return switch (phase) {
            case EXPAND, BACKFILL -> List.of();
            case VALIDATE -> narrows ? List.of(Gate.Releases.ofRegistered()) : List.of();
            case CONTRACT -> List.of(new Gate.Releases(), new Gate.Approval());
            case PURGE -> List.of(new Gate.Approval());
        };
    }

    /**
     * The gates before a phase is walked back: those that the migration names, or {@code releases} as far as instances are registered.
     *
     * @return the gates; all have to be open
     */
    public List<Gate> beforeRollback() {
        return rollback.orElse(List.of(Gate.Releases.ofRegistered()));
    }
}
