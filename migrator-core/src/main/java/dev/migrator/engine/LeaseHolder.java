package dev.migrator.engine;

import java.time.Instant;

/**
 * Who holds a migration's lease at the moment.
 *
 * @param owner who, for people
 * @param expires until when, by the database's clock, unless it is renewed
 */
public record LeaseHolder(String owner, Instant expires) {}
