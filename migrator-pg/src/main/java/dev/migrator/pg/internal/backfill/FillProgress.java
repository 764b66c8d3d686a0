package dev.migrator.pg.internal.backfill;

import dev.migrator.engine.Progress;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.transact.Task;
import java.time.Duration;

/** How far a backfill has come, all of its workers together; told a few times a second, read from the record once. */
final class FillProgress {
    private static final long TELL_NANOS = Duration.ofMillis(200).toNanos();
    private static final long READ_NANOS = Duration.ofSeconds(1).toNanos();

    private final Task task;
    private final ChunkTable chunks;
    private FillSummary summary = FillSummary.NOTHING;
    private long rows;
    private long lastTold = System.nanoTime() - TELL_NANOS;
    private long lastRead = System.nanoTime() - READ_NANOS;

    FillProgress(Task task, ChunkTable chunks) {
        this.task = task;
        this.chunks = chunks;
    }

    /** Reads the record. */
    FillSummary read(Session session) {
        summary = chunks.summary(session);
        rows = summary.rows();
        lastRead = System.nanoTime();
        return summary;
    }

    /** Reads the record if that was a while ago, and tells how far it has come if that was. */
    void tick(Session session) {
        long now = System.nanoTime();
        if (now - lastRead >= READ_NANOS) {
            read(session);
        }
        if (now - lastTold >= TELL_NANOS) {
            tell();
        }
    }

    void filled(long more) {
        rows += more;
    }

    long rows() {
        return rows;
    }

    void tell() {
        lastTold = System.nanoTime();
        task.control().progress(new Progress(task.step().title(), summary.blocksDone(), summary.blocksTotal(), rows));
    }
}
