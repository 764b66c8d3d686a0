package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;

/** Many things tried in arenas side by side; what went wrong with any of them is told together. */
final class Trials {
    private Trials() {}

    /**
     * Tries each of several things, and fails with all that went wrong.
     *
     * @param arenas where to try; each is used by one thread
     * @param what of which migration the things are told
     * @param trial tries one, and tells what went wrong; empty if nothing did
     */
    static <T> void all(List<Arena> arenas, String what, Collection<T> things, BiFunction<Arena, T, String> trial) {
        assertThat(things).as("what to try with " + what).isNotEmpty();
        Queue<T> queue = new ConcurrentLinkedQueue<>(things);
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        List<Callable<Boolean>> workers = new ArrayList<>();
        for (Arena arena : arenas) {
            workers.add(() -> {
                for (T thing = queue.poll(); thing != null; thing = queue.poll()) {
                    String came = trial.apply(arena, thing);
                    if (!came.isEmpty()) {
                        wrong.add(what + " " + thing + "\n" + came.indent(4));
                    }
                }
                return true;
            });
        }
        runAll(workers);
        assertThat(wrong).as("of %d (seed %d)", things.size(), Mishap.SEED).isEmpty();
    }

    private static void runAll(List<Callable<Boolean>> workers) {
        ExecutorService threads = Executors.newFixedThreadPool(workers.size());
        try {
            for (Future<Boolean> worker : threads.invokeAll(workers)) {
                worker.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new AssertionError("a worker gave up", e);
        } finally {
            threads.shutdownNow();
        }
    }

    /** An arena's sessions with a plan of faults. */
    static FaultyDataSource watched(Arena arena, FaultPlan plan) {
        return watched(arena.pool(), plan);
    }

    /** Sessions with a plan of faults. What the thread that renews the lease sends comes at its own pace. */
    static FaultyDataSource watched(SessionPool sessions, FaultPlan plan) {
        return FaultyDataSource.over(sessions.dataSource(), plan, sql -> !Thread.currentThread()
                .getName()
                .equals("migrator-lease"));
    }
}
