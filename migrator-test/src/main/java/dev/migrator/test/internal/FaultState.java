package dev.migrator.test.internal;

import dev.migrator.test.EngineCrash;
import dev.migrator.test.internal.Fault.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the proxies of one data source share: the count, the faults that are still to come, and whether it is dead.
 *
 * <p>Once dead, nothing reaches the server: a call checks before it starts; one that is under way then works on a socket
 * that is closed; a connection that is being opened is closed before anybody gets it.
 */
public final class FaultState {

    /** A call of the driver. */
    @FunctionalInterface
    public interface Call {
        /** Makes the call; what it throws is what the driver throws. */
        @Nullable
        Object run() throws Throwable;
    }

    private final List<Fault> faults;
    private final Predicate<String> counted;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final List<String> statements = new ArrayList<>();
    private final Set<Fault> fired = new HashSet<>();
    private volatile String death = "";

    /** With what is to go wrong, and what is counted. */
    public FaultState(List<Fault> faults, Predicate<String> counted) {
        this.faults = List.copyOf(faults);
        this.counted = counted;
    }

    /** What was counted so far, in order. */
    public synchronized List<String> statements() {
        return List.copyOf(statements);
    }

    /** Whether everything in the plan has happened. */
    public synchronized boolean fired() {
        return fired.containsAll(faults);
    }

    /** Whether the process counts as dead. */
    public boolean crashed() {
        return !death.isEmpty();
    }

    /** Kills the process, as a plan's crash does. */
    public EngineCrash crash(String where) {
        synchronized (this) {
            if (death.isEmpty()) {
                death = where;
            }
        }
        open.forEach(FaultState::abort);
        return new EngineCrash("The process died " + death);
    }

    /** Takes a new connection under control, or closes it if the process has died meanwhile. */
    void opened(Connection physical) {
        open.add(physical);
        if (crashed()) {
            abort(physical);
            checkAlive();
        }
    }

    /** Forgets a connection that the application closed. */
    void closed(Connection physical) {
        open.remove(physical);
    }

    /** Makes a call that is not a statement. */
    @Nullable
    Object pass(Call call) throws Throwable {
        checkAlive();
        try {
            return call.run();
        } catch (SQLException e) {
            checkAlive();
            throw e;
        }
    }

    /** Makes a call that executes a statement, with what the plan has in store for it. */
    @Nullable
    Object execute(Connection physical, String sql, Call call) throws Throwable {
        checkAlive();
        if (!counted.test(sql)) {
            return pass(call);
        }
        int number = record(sql);
        String here = "statement %d: %s".formatted(number, sql);
        for (Fault fault : at(number, Kind.HOOK_BEFORE, Kind.CRASH_BEFORE, Kind.CUT_BEFORE)) {
            happen(fault, physical, "before " + here);
        }
        try {
            @Nullable Object result = pass(call);
            after(number, physical, here);
            return result;
        } catch (SQLException e) {
            after(number, physical, here);
            throw e;
        }
    }

    private void after(int number, Connection physical, String here) throws SQLException {
        for (Fault fault : at(number, Kind.HOOK_AFTER, Kind.CRASH_AFTER, Kind.LOSE_ANSWER)) {
            happen(fault, physical, "after " + here);
        }
    }

    private void happen(Fault fault, Connection physical, String where) throws SQLException {
        synchronized (this) {
            fired.add(fault);
        }
        switch (fault.kind()) {
            case HOOK_BEFORE, HOOK_AFTER -> fault.hook().run();
            case CRASH_BEFORE, CRASH_AFTER -> throw crash(where);
            case CUT_BEFORE, LOSE_ANSWER -> throw cut(physical, where);
        }
    }

    private List<Fault> at(int number, Kind... kinds) {
        return faults.stream()
                .filter(fault -> fault.at() == number && List.of(kinds).contains(fault.kind()))
                .toList();
    }

    /** Throws {@link EngineCrash} if the process counts as dead. */
    public void checkAlive() {
        if (crashed()) {
            // A new one each time: try-with-resources can't suppress an exception in itself.
            throw new EngineCrash("The process died " + death);
        }
    }

    private synchronized int record(String sql) {
        statements.add(sql);
        return statements.size();
    }

    private static SQLException cut(Connection physical, String where) {
        abort(physical);
        return new SQLException("The connection was cut " + where, "08006");
    }

    private static void abort(Connection physical) {
        try {
            physical.abort(Runnable::run);
        } catch (SQLException e) {
            throw new IllegalStateException("The driver does not cut a connection", e);
        }
    }
}
