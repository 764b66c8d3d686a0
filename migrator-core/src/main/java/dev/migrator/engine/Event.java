package dev.migrator.engine;

import dev.migrator.Phase;
import java.time.Instant;

/**
 * One line of a migration's history.
 *
 * @param at when, by the database's clock
 * @param phase the phase that it is about
 * @param event what happened, e.g. {@code phase-complete}
 * @param actor the database session's own user
 * @param release the release that runs the engine; empty if it said none
 * @param detail the rest, for people
 */
public record Event(Instant at, Phase phase, String event, String actor, String release, String detail) {}
