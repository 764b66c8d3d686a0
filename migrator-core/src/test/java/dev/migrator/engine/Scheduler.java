package dev.migrator.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Runs processes on a thread each, one at a time, in virtual time. A seed decides, whenever a process lets go, who goes on
 * and how long that took; so a seed always gives the same run.
 */
final class Scheduler {
    private static final int ENDLESS = 30_000;

    private final SplittableRandom random;
    private final InMemoryTables tables;
    private final Optional<List<String>> trace;
    private final List<SimulatedProcess> processes = new ArrayList<>();
    private final PriorityQueue<Later> later = new PriorityQueue<>();
    private final Semaphore finished = new Semaphore(0);
    private Optional<Throwable> failure = Optional.empty();
    private boolean stopped;
    private boolean background;
    private int yields;
    private long sequence;
    private long fingerprint;

    Scheduler(long seed, InMemoryTables tables, boolean tracing) {
        this.random = new SplittableRandom(seed);
        this.tables = tables;
        this.trace = tracing ? Optional.of(new ArrayList<>()) : Optional.empty();
    }

    SplittableRandom random() {
        return random;
    }

    boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    <T> T any(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    Instant now() {
        return tables.now();
    }

    /** Whether this happens without any process waiting for it: a late message, or a renewal of a lease. */
    boolean isBackground() {
        return background;
    }

    long fingerprint() {
        return fingerprint;
    }

    List<String> trace() {
        return trace.orElse(List.of());
    }

    void note(String who, String what, Supplier<String> more) {
        fingerprint = fingerprint * 31 + who.hashCode();
        fingerprint = fingerprint * 31 + what.hashCode();
        fingerprint = fingerprint * 31 + tables.now().hashCode();
        trace.ifPresent(lines -> lines.add(tables.now() + " " + who + ": " + what + " " + more.get()));
    }

    /** Something that happens by itself at a time to come. */
    void later(Duration delay, Runnable event) {
        later.add(new Later(now().plus(delay), sequence++, event));
    }

    private record Later(Instant due, long sequence, Runnable event) implements Comparable<Later> {
        @Override
        public int compareTo(Later other) {
            int byTime = due.compareTo(other.due);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    /** Runs processes until all have ended. */
    void run(ExecutorService threads, List<SimulatedProcess> started) {
        processes.clear();
        processes.addAll(started);
        started.forEach(process -> threads.execute(() -> body(process)));
        pick().go();
        finished.acquireUninterruptibly();
        failure.ifPresent(thrown -> {
            if (thrown instanceof Error error) {
                throw error;
            }
            throw new Violation("an engine threw " + thrown);
        });
    }

    // A process may end in any way; whatever it throws, the others must not wait for it forever.
    @SuppressWarnings("CatchAndPrintStackTrace")
    private void body(SimulatedProcess process) {
        try {
            process.awaitTurn();
            process.live();
        } catch (RuntimeException | Error e) {
            fail(e);
        } finally {
            process.end();
            if (processes.stream().allMatch(SimulatedProcess::isEnded)) {
                finished.release();
            } else {
                pick().go();
            }
        }
    }

    private void fail(Throwable thrown) {
        if (!stopped) {
            stopped = true;
            failure = Optional.of(thrown);
        }
    }

    /** Lets time pass, and perhaps another process go on. */
    void letGo(SimulatedProcess process) {
        stopIfOver();
        if (++yields > ENDLESS) {
            throw new Violation("there is no end to it");
        }
        pass(Duration.ofNanos(1000L * (1 + random.nextInt(20_000))));
        if (process.wakes().isAfter(now()) || chance(3)) {
            switchFrom(process);
        }
    }

    /** Lets others go on until it is this process's turn again. */
    void switchFrom(SimulatedProcess process) {
        stopIfOver();
        SimulatedProcess next = pick();
        if (next != process) {
            next.go();
            process.awaitTurn();
        }
        stopIfOver();
    }

    private void stopIfOver() {
        if (stopped) {
            throw new SimulationOver();
        }
    }

    /** Somebody who is ready; if nobody is, time passes until somebody is. */
    private SimulatedProcess pick() {
        List<SimulatedProcess> alive =
                processes.stream().filter(process -> !process.isEnded()).toList();
        while (true) {
            List<SimulatedProcess> ready = alive.stream()
                    .filter(process -> stopped || !process.wakes().isAfter(now()))
                    .toList();
            if (!ready.isEmpty()) {
                return any(ready);
            }
            Instant soonest = alive.stream()
                    .map(SimulatedProcess::wakes)
                    .min(Instant::compareTo)
                    .orElseThrow();
            Instant event = later.isEmpty() ? soonest : later.element().due();
            Instant next = event.isBefore(soonest) ? event : soonest;
            pass(Duration.between(now(), next));
        }
    }

    /** Lets everything happen that is still on its way. */
    void drain() {
        while (!later.isEmpty()) {
            pass(Duration.between(now(), later.element().due()));
        }
        failure.ifPresent(thrown -> {
            throw new Violation("late: " + thrown);
        });
    }

    private void pass(Duration time) {
        tables.setNow(now().plus(time));
        while (!later.isEmpty() && !later.element().due().isAfter(now()) && !stopped) {
            happen(later.remove().event());
        }
    }

    private void happen(Runnable event) {
        background = true;
        try {
            event.run();
        } catch (StepFailure | LeaseLostException e) {
            note("late", "fails", e::toString);
        } catch (RuntimeException | Error e) {
            fail(e);
        } finally {
            background = false;
        }
    }

    /** Ends a process because the simulation is over. */
    static final class SimulationOver extends Error {
        private static final long serialVersionUID = 1L;
    }
}
