package dev.migrator.pg;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A worker of a backfill that is alive.
 *
 * @param name the worker: the process that it is in, and its number there
 * @param throttle how fast it goes, and why
 * @param batch how long its last batch held its row locks; empty before there was one
 * @param seenAt its last sign of life
 * @param notes what else people should know, e.g. who keeps dead rows from being removed
 */
public record WorkerStatus(
        String name, ThrottleStatus throttle, Optional<Duration> batch, Instant seenAt, List<String> notes) {

    /** Copies the list. */
    public WorkerStatus {
        notes = List.copyOf(notes);
    }
}
