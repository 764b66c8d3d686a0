package dev.migrator.engine;

import dev.migrator.Direction;
import dev.migrator.Migration;
import dev.migrator.Phase;

/**
 * What a gate is asked about.
 *
 * @param migration the migration
 * @param phase the phase that may begin; on the way back, the one that may be undone
 * @param direction which of the two
 */
public record GateQuestion(Migration migration, Phase phase, Direction direction) {}
