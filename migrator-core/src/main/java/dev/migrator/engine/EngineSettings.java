package dev.migrator.engine;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * How patient an engine is.
 *
 * @param owner who this engine is, for people and for the lease: {@code host/pid/random}
 * @param leaseTime how long the lease lasts without renewal; it is renewed three times as often
 * @param leaseWait how long to wait for a lease that another engine holds before answering that it waits
 * @param retryFor how long transient failures of one piece of work are retried
 * @param gates the application's own gates
 * @param stopped whether the process of this engine is about to end: then it stops where a pause would stop it
 */
public record EngineSettings(
        String owner,
        Duration leaseTime,
        Duration leaseWait,
        Duration retryFor,
        CustomGates gates,
        BooleanSupplier stopped) {

    /** An engine that goes on for as long as it can. */
    public EngineSettings(String owner, Duration leaseTime, Duration leaseWait, Duration retryFor, CustomGates gates) {
        this(owner, leaseTime, leaseWait, retryFor, gates, () -> false);
    }

    /** The same for an engine that is to stop when told. */
    public EngineSettings stoppedBy(BooleanSupplier told) {
        return new EngineSettings(owner, leaseTime, leaseWait, retryFor, gates, told);
    }

    /** The defaults: a lease of 30 s, ten minutes of waiting for it, five minutes of retries. */
    public static EngineSettings of(String owner) {
        return new EngineSettings(
                owner, Duration.ofSeconds(30), Duration.ofMinutes(10), Duration.ofMinutes(5), CustomGates.NONE);
    }
}
