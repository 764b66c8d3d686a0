package dev.migrator.test;

import dev.migrator.test.internal.Fault;
import java.util.List;
import java.util.stream.Stream;

/**
 * What goes wrong, and at which of the counted statements of a {@link FaultyDataSource}; the first one has number 1.
 *
 * <p>Immutable.
 */
public final class FaultPlan {

    private final List<Fault> faults;

    private FaultPlan(List<Fault> faults) {
        this.faults = faults;
    }

    /** Nothing goes wrong: for counting the statements of a whole run. */
    public static FaultPlan none() {
        return new FaultPlan(List.of());
    }

    /** The process dies before statement n: the server does not see it. */
    public static FaultPlan crashBefore(int n) {
        return of(n, Fault.Kind.CRASH_BEFORE, () -> {});
    }

    /** The process dies when statement n has been answered, whether with a result or an error. */
    public static FaultPlan crashAfter(int n) {
        return of(n, Fault.Kind.CRASH_AFTER, () -> {});
    }

    /** The server runs statement n, then the connection breaks: the caller gets SQLSTATE 08006 and can't know. */
    public static FaultPlan loseAnswer(int n) {
        return of(n, Fault.Kind.LOSE_ANSWER, () -> {});
    }

    /** The connection breaks before statement n: the caller gets SQLSTATE 08006, the server does not see it. */
    public static FaultPlan cutConnectionBefore(int n) {
        return of(n, Fault.Kind.CUT_BEFORE, () -> {});
    }

    /** Runs something before statement n, on the thread that issues it, which waits. */
    public static FaultPlan onStatement(int n, Runnable hook) {
        return of(n, Fault.Kind.HOOK_BEFORE, hook);
    }

    /** Runs something when statement n has been answered, before the thread that issued it goes on. */
    public static FaultPlan afterStatement(int n, Runnable hook) {
        return of(n, Fault.Kind.HOOK_AFTER, hook);
    }

    private static FaultPlan of(int n, Fault.Kind kind, Runnable hook) {
        if (n < 1) {
            throw new IllegalArgumentException("Statements are counted from 1, not from " + n + ".");
        }
        return new FaultPlan(List.of(new Fault(n, kind, hook)));
    }

    /** This and another one; at the same statement this one's come first. */
    public FaultPlan and(FaultPlan other) {
        return new FaultPlan(
                Stream.concat(faults.stream(), other.faults.stream()).toList());
    }

    List<Fault> faults() {
        return faults;
    }

    @Override
    public String toString() {
        return faults.isEmpty() ? "no faults" : faults.toString();
    }
}
