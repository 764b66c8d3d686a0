package dev.migrator.pg;

import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.release.Registration;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Registers an instance, as soon as the schema is safe for it; until then it may take migrations forward itself. */
final class InstanceStart {
    private static final Logger LOG = LoggerFactory.getLogger(InstanceStart.class);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(250);
    /** There is no such function, schema or table: the state schema is not there, or of an earlier version. */
    private static final Set<String> NOT_INSTALLED = Set.of("42883", "3F000", "42P01");

    private final Registration registration;
    private final Runnable install;
    private final String release;
    private final Duration waitFor;
    private final Optional<Advance> advance;
    private final Function<Optional<Advance>, ApplicationInstance> live;
    private final CountDownLatch givenUp = new CountDownLatch(1);
    private volatile Optional<String> waitsFor = Optional.empty();

    /**
     * A start that has not begun.
     *
     * @param install installs the state schema, or brings it up to date
     * @param waitFor for how long it may wait
     * @param advance what takes migrations forward, if the application does
     * @param live makes the instance, and starts what it does while it lives
     */
    InstanceStart(
            Registration registration,
            Runnable install,
            String release,
            Duration waitFor,
            Optional<Advance> advance,
            Function<Optional<Advance>, ApplicationInstance> live) {
        this.registration = registration;
        this.install = install;
        this.release = release;
        this.waitFor = waitFor;
        this.advance = advance;
        this.live = live;
    }

    String id() {
        return registration.id();
    }

    Optional<String> waitsFor() {
        return waitsFor;
    }

    void giveUp() {
        givenUp.countDown();
    }

    /** Registers; throws if the schema is not safe in time. */
    ApplicationInstance run() {
        long begun = System.nanoTime();
        boolean waits = !waitFor.isZero();
        List<String> problems = register(waits);
        if (problems.isEmpty() || waits) {
            advance.ifPresent(Advance::start);
        }
        try {
            while (!problems.isEmpty()) {
                String why = String.join("; ", problems);
                if (!waitsFor.equals(Optional.of(why))) {
                    LOG.info("Waits to register: {}", why);
                    waitsFor = Optional.of(why);
                }
                Optional<String> failed = advance.flatMap(Advance::failure);
                boolean late = System.nanoTime() - begun >= waitFor.toNanos();
                if (failed.isPresent() || late || isGivenUpWithin(BETWEEN_TRIES)) {
                    throw new UnsafeSchemaException(release, problems, failed);
                }
                problems = register(true);
            }
            registration.advice().forEach(line -> LOG.info("Instance {}: {}", id(), line));
            return live.apply(advance);
        } catch (RuntimeException e) {
            advance.ifPresent(Advance::close);
            throw e;
        }
    }

    /** Why it is not registered; one that may wait bears a database that does not answer for a while. */
    private List<String> register(boolean patient) {
        try {
            return registerOrInstall();
        } catch (StepFailure e) {
            if (!patient || e.errorClass() == ErrorClass.PERMANENT) {
                throw e;
            }
            return List.of("the database does not answer (" + e.getMessage() + ")");
        }
    }

    private List<String> registerOrInstall() {
        try {
            return registration.register();
        } catch (StepFailure e) {
            if (!NOT_INSTALLED.contains(e.sqlState())) {
                throw e;
            }
            install.run();
            return registration.register();
        }
    }

    private boolean isGivenUpWithin(Duration time) {
        try {
            return givenUp.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
