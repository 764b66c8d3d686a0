package dev.migrator.pg;

import dev.migrator.Phase;
import dev.migrator.engine.GateAnswer;
import java.time.Instant;

/**
 * What a gate said when it was last asked.
 *
 * @param phase the phase that it lets begin; on the way back, the one that it lets be undone
 * @param gate its name
 * @param answer the answer
 * @param since since when the verdict is the same
 * @param askedAt when it was last asked
 */
public record GateStatus(Phase phase, String gate, GateAnswer answer, Instant since, Instant askedAt) {}
