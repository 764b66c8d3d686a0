package dev.migrator.pg;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A worker of a backfill that is alive.
 *
 * @param name the worker: the process that it is in, and its number there
 * @param throttle how fast it goes, and why
 * @param batch how long its last batch held its row locks; empty before there was one
 * @param seenAt its last sign of life
 */
public record WorkerStatus(String name, ThrottleStatus throttle, Optional<Duration> batch, Instant seenAt) {}
