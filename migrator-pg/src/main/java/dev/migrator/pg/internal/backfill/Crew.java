package dev.migrator.pg.internal.backfill;

import dev.migrator.engine.Pace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Workers in threads of their own, beside the one that leads; how many may change while they work. */
final class Crew implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Crew.class);
    private static final Duration IDLE = Duration.ofMillis(200);

    private final BiFunction<Integer, Overseer, Worker> workers;
    private final Pace pace;
    private final List<Member> members = new ArrayList<>();
    private final List<Member> leaving = new ArrayList<>();
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();

    /**
     * An empty crew.
     *
     * @param workers makes a worker, by its number and who oversees it
     * @param pace how those wait that find nothing to do
     */
    Crew(BiFunction<Integer, Overseer, Worker> workers, Pace pace) {
        this.workers = workers;
        this.pace = pace;
    }

    /** One thread with its worker. */
    private final class Member implements Overseer, Runnable {
        private final Worker worker;
        private final Thread thread;
        private volatile boolean stopping;

        Member(int number) {
            worker = workers.apply(number, this);
            thread = new Thread(this, "migrator backfill worker " + number);
            thread.setDaemon(true);
        }

        @Override
        public void run() {
            try {
                while (!stopping) {
                    if (worker.next() != Worker.Outcome.MOVED) {
                        pace.pause(IDLE);
                    }
                }
            } catch (StoppedException e) {
                LOG.debug("{} has stopped", thread.getName(), e);
            } catch (RuntimeException e) {
                failure.compareAndSet(null, e);
            }
        }

        @Override
        public void checkpoint() {
            if (stopping || Thread.currentThread().isInterrupted()) {
                throw new StoppedException();
            }
        }
    }

    /** Starts or stops workers so that there are so many; throws what one of them has failed with. */
    void resize(int number) {
        RuntimeException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
        while (members.size() > number) {
            Member last = members.remove(members.size() - 1);
            last.stopping = true;
            leaving.add(last);
        }
        while (members.size() < number) {
            // Numbers begin with 2: the one who leads is the first.
            Member member = new Member(members.size() + 2);
            members.add(member);
            member.thread.start();
        }
    }

    /** Stops all workers after their present batches and waits for them. */
    @Override
    public void close() {
        members.forEach(member -> member.stopping = true);
        leaving.addAll(members);
        boolean interrupted = false;
        for (Member member : leaving) {
            while (member.thread.isAlive()) {
                try {
                    member.thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
