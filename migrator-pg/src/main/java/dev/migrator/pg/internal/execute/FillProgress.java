package dev.migrator.pg.internal.execute;

import dev.migrator.engine.Progress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How far a backfill has come, told at most five times a second. */
final class FillProgress {
    private static final long INTERVAL_NANOS = 200_000_000;

    private final Task task;
    private final Map<Long, Long> done = new HashMap<>();
    private long total;
    private long rows;
    private long lastReport = System.nanoTime() - INTERVAL_NANOS;

    FillProgress(Task task) {
        this.task = task;
    }

    /** Takes the records as they are. Ranges to which it comes back lie within the first one and do not count again. */
    void sees(List<Chunk> chunks) {
        Map<Long, Long> ends = new HashMap<>();
        done.clear();
        rows = 0;
        for (Chunk chunk : chunks) {
            ends.merge(chunk.relation(), chunk.to(), Math::max);
            done.merge(chunk.relation(), chunk.next(), Math::max);
            rows += chunk.rows();
        }
        total = ends.values().stream().mapToLong(Long::longValue).sum();
        report(false);
    }

    void filled(long more) {
        rows += more;
        report(false);
    }

    void reached(long relation, long block) {
        done.merge(relation, block, Math::max);
        report(false);
    }

    long rows() {
        return rows;
    }

    void report(boolean always) {
        long now = System.nanoTime();
        if (always || now - lastReport >= INTERVAL_NANOS) {
            lastReport = now;
            long blocks = done.values().stream().mapToLong(Long::longValue).sum();
            task.control().progress(new Progress(task.step().title(), blocks, total, rows));
        }
    }
}
