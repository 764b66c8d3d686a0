/**
 * The engine, which decides <em>when</em>: it walks the phases, asks the gates between them, holds the lease, and has every
 * transition written to the state tables. What it asks of a database stands here as interfaces, so that the same engine
 * also runs in memory under a seeded scheduler.
 */
@NullMarked
package dev.migrator.engine;

import org.jspecify.annotations.NullMarked;
