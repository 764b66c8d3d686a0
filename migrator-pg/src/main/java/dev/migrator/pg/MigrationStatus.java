package dev.migrator.pg;

import dev.migrator.engine.Position;
import dev.migrator.engine.Waiting;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where a migration stands.
 *
 * @param id the migration
 * @param target the database
 * @param position phase, status and direction; {@code EXPAND PENDING} if it was never started
 * @param error the last failure, empty if there is none
 * @param waiting why it waits, empty if it does not
 * @param gates what the gates of the phase at which it stands said when they were last asked
 * @param backfill how far its backfill has come, empty before it began
 * @param failedRows the first rows that could not be filled
 * @param rollback whether it can be rolled back
 * @param updatedAt when its state was last written, empty if it was never started
 * @param knobs what was changed of its backfill's settings from outside, by key
 * @param retiredUses who has named what CONTRACT has retired, the last one first
 */
public record MigrationStatus(
        String id,
        String target,
        Position position,
        Optional<String> error,
        List<Waiting> waiting,
        List<GateStatus> gates,
        Optional<BackfillStatus> backfill,
        List<FailedRow> failedRows,
        RollbackStatus rollback,
        Optional<Instant> updatedAt,
        Map<String, String> knobs,
        List<RetiredUse> retiredUses) {

    /** Copies the lists. */
    public MigrationStatus {
        waiting = List.copyOf(waiting);
        gates = List.copyOf(gates);
        failedRows = List.copyOf(failedRows);
        retiredUses = List.copyOf(retiredUses);
        knobs = Collections.unmodifiableMap(new TreeMap<>(knobs));
    }
}
