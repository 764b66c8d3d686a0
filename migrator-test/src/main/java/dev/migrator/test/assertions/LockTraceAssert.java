package dev.migrator.test.assertions;

import dev.migrator.test.LockTrace;
import dev.migrator.test.TakenLock;
import java.time.Duration;
import java.util.stream.Collectors;
import org.assertj.core.api.AbstractAssert;

/** Assertions on the locks that a migration has taken. */
public final class LockTraceAssert extends AbstractAssert<LockTraceAssert, LockTrace> {

    LockTraceAssert(LockTrace actual) {
        super(actual, LockTraceAssert.class);
    }

    /** No lock was taken that the plan does not name. */
    public LockTraceAssert isAsPlanned() {
        isNotNull();
        if (!actual.unplanned().isEmpty()) {
            failWithMessage(
                    "The plan does not name these locks:\n%s",
                    actual.unplanned().stream()
                            .map(TakenLock::toString)
                            .collect(Collectors.joining("\n"))
                            .indent(2));
        }
        return this;
    }

    /** No transaction held a lock that stops writes for longer, from the lock to its commit. */
    public LockTraceAssert stoppedWritesForAtMost(Duration limit) {
        isNotNull();
        if (actual.longestStop().compareTo(limit) > 0) {
            failWithMessage(
                    "Writes were stopped for %d ms at a time; at most %d ms are allowed.",
                    actual.longestStop().toMillis(), limit.toMillis());
        }
        return this;
    }
}
