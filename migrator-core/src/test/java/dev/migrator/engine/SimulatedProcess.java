package dev.migrator.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** A process with one thread and renewals beside it; it may stand still for a while, or die and start anew. */
final class SimulatedProcess implements Pace {
    private final Scheduler scheduler;
    private final String name;
    private final Consumer<SimulatedProcess> life;
    private final Semaphore turn = new Semaphore(0);
    private Instant wakes = Instant.EPOCH;
    private Instant frozenUntil = Instant.EPOCH;
    private boolean crashed;
    private boolean ended;
    private int incarnation;

    SimulatedProcess(Scheduler scheduler, String name, Consumer<SimulatedProcess> life) {
        this.scheduler = scheduler;
        this.name = name;
        this.life = life;
    }

    void live() {
        life.accept(this);
    }

    void go() {
        turn.release();
    }

    void awaitTurn() {
        turn.acquireUninterruptibly();
    }

    void end() {
        ended = true;
    }

    boolean isEnded() {
        return ended;
    }

    Instant wakes() {
        return wakes;
    }

    /** Stands still, its renewals too: a long pause of the garbage collector, or of the machine. */
    void freeze(Duration duration) {
        frozenUntil = scheduler.now().plus(duration);
        wakes = frozenUntil;
    }

    @Override
    public void pause(Duration duration) {
        failIfCrashed();
        wakes = scheduler.now().plus(duration);
        scheduler.switchFrom(this);
    }

    @Override
    public Handle every(Duration interval, Runnable task) {
        Timer timer = new Timer(incarnation, interval, task);
        scheduler.later(interval, timer);
        return timer;
    }

    private final class Timer implements Handle, Runnable {
        private final int startedIn;
        private final Duration interval;
        private final Runnable task;
        private boolean closed;

        Timer(int startedIn, Duration interval, Runnable task) {
            this.startedIn = startedIn;
            this.interval = interval;
            this.task = task;
        }

        @Override
        public void run() {
            if (closed || startedIn != incarnation || ended) {
                return;
            }
            if (!scheduler.now().isBefore(frozenUntil)) {
                task.run();
            }
            scheduler.later(interval, this);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** Dies: whatever it still tries until it starts anew has no effect. */
    Crash crash() {
        crashed = true;
        incarnation++;
        return new Crash();
    }

    void failIfCrashed() {
        if (crashed) {
            throw new Crash();
        }
    }

    void restart() {
        crashed = false;
    }

    @Override
    public String toString() {
        return name;
    }

    /** The process was killed. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1L;
    }
}
