package dev.migrator.pg;

import dev.migrator.engine.Outcome;

/**
 * How far one migration came.
 *
 * @param id the migration
 * @param outcome where and why its walk ended
 */
public record MigrationResult(String id, Outcome outcome) {}
