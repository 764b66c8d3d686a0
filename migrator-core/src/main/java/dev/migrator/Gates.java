package dev.migrator;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The gates of a migration. A list that is given replaces the default of its phase; an empty one means no gate.
 *
 * <p>The defaults: {@code approval} before CONTRACT and before PURGE, none elsewhere. In this version the {@code releases}
 * gate is not among the defaults, neither before CONTRACT nor, for operations that narrow, before VALIDATE, nor before a
 * rollback.
 *
 * @param explicit the gates before the phases that the migration names
 * @param rollback the gates before each step back, if the migration names them
 */
public record Gates(Map<Phase, List<Gate>> explicit, Optional<List<Gate>> rollback) {

    private static final Gates DEFAULTS = new Gates(Map.of(), Optional.empty());

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
     * The gates before a phase on the way forward.
     *
     * @param phase the phase
     * @param narrows whether the migration narrows what may be written; makes no difference in this version, in which the
     *     {@code releases} gate is not among the defaults
     * @return the gates; all have to be open
     */
    public List<Gate> before(Phase phase, boolean narrows) {
        List<Gate> gates = explicit.get(phase);
        if (gates != null) {
            return gates;
        }
        return switch (phase) {
            case EXPAND, BACKFILL, VALIDATE -> List.of();
            case CONTRACT, PURGE -> List.of(new Gate.Approval());
        };
    }

    /**
     * The gates before a phase is walked back: those that the migration names, none by default.
     *
     * @return the gates; all have to be open
     */
    public List<Gate> beforeRollback() {
        return rollback.orElse(List.of());
    }
}
