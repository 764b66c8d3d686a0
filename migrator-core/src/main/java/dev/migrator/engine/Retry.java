package dev.migrator.engine;

import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries again what failed in a way that may pass, after growing pauses, until it works or patience is over. */
final class Retry {
    private static final Logger LOG = LoggerFactory.getLogger(Retry.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration BRIEF = Duration.ofSeconds(2);

    private final String id;
    private final Pace pace;
    private final Duration retryFor;
    private final EngineListener listener;

    Retry(String id, Pace pace, Duration retryFor, EngineListener listener) {
        this.id = id;
        this.pace = pace;
        this.retryFor = retryFor;
        this.listener = listener;
    }

    /** The same with little patience, for what is still to be said when something has failed already. */
    Retry brief() {
        return new Retry(id, pace, retryFor.compareTo(BRIEF) < 0 ? retryFor : BRIEF, listener);
    }

    /** Asks a question that changes nothing, so that it may be asked again even if its answer was lost. */
    <T> T ask(String what, Supplier<T> question) {
        Patience patience = patience(what);
        while (true) {
            try {
                return question.get();
            } catch (StepFailure e) {
                patience.pauseOrThrow(e);
            }
        }
    }

    /** Fresh patience for one piece of work. */
    Patience patience(String what) {
        return new Patience(what);
    }

    /** What is left of the patience with one piece of work. */
    final class Patience {
        private final String what;
        private Duration waited = Duration.ZERO;
        private Duration wait = FIRST_PAUSE;

        private Patience(String what) {
            this.what = what;
        }

        /** Waits before the next try; throws the failure if there is to be none. */
        void pauseOrThrow(StepFailure failure) {
            pauseOrThrow(failure, false);
        }

        /**
         * The same.
         *
         * @param waitsForUsers whether those are waited for who use what is taken away
         */
        void pauseOrThrow(StepFailure failure, boolean waitsForUsers) {
            Duration pause = next();
            if (failure.errorClass() == ErrorClass.PERMANENT
                    || (failure.errorClass() == ErrorClass.IN_USE && !waitsForUsers)
                    || pause.isZero()
                    || Thread.currentThread().isInterrupted()) {
                throw failure;
            }
            LOG.debug("Migration {}: {} is tried again in {}", id, what, pause, failure);
            listener.retries(id, what + ": " + failure.getMessage());
            pace.pause(pause);
        }

        /** The work has come further since it last failed: what comes is a new failure. */
        synchronized void renew() {
            waited = Duration.ZERO;
            wait = FIRST_PAUSE;
        }

        private synchronized Duration next() {
            if (waited.compareTo(retryFor) >= 0) {
                return Duration.ZERO;
            }
            Duration pause = wait;
            waited = waited.plus(pause);
            Duration doubled = wait.multipliedBy(2);
            wait = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
            return pause;
        }
    }
}
