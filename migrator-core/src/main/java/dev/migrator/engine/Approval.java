package dev.migrator.engine;

import dev.migrator.Phase;
import java.time.Instant;
import java.util.List;

/**
 * A person's word that a phase may begin.
 *
 * @param phase the phase
 * @param by who, as named on the command
 * @param actor the database session's own user
 * @param reason why
 * @param at when, by the database's clock
 * @param roles the roles of which that user is a member now, itself among them
 */
public record Approval(Phase phase, String by, String actor, String reason, Instant at, List<String> roles) {
    /** Copies the list. */
    public Approval {
        roles = List.copyOf(roles);
    }
}
