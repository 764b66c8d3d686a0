package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.engine.EngineListener;
import dev.migrator.engine.Outcome;
import dev.migrator.test.EngineCrash;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import dev.migrator.test.TcpProxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Lets one migration meet with mishaps, each in a database of its own, and compares how it ends with how it ends without.
 * After a death another engine goes on; after a lost answer the same one has to.
 */
final class Mishaps {
    private final Migration migration;
    private final Function<Rig, Outcome> walk;
    private final List<Arena> arenas;
    private final List<String> statements;
    private final Picture whole;

    /**
     * Makes the walk once, undisturbed, and counts its statements.
     *
     * @param arenas where to try; each is used by one thread
     * @param preparation what was done before the walk begins
     * @param walk what the engine is asked for
     */
    Mishaps(List<Arena> arenas, Migration migration, Consumer<Arena> preparation, Function<Rig, Outcome> walk) {
        this.migration = migration;
        this.walk = walk;
        this.arenas = arenas;
        arenas.forEach(arena -> arena.prepare(preparation));
        Arena arena = arenas.get(0).renewed();
        FaultyDataSource counting = Trials.watched(arena, FaultPlan.none());
        assertThat(walk.apply(arena.rig(counting))).isInstanceOf(Outcome.Arrived.class);
        this.statements = counting.statements();
        this.whole = Picture.of(arena, migration);
        assertThat(whole.leftovers()).as("left by an undisturbed run").isEmpty();
    }

    /** How the undisturbed run ended. */
    Picture whole() {
        return whole;
    }

    /** Tries a mishap of each kind; in a thorough run, at each statement that changes something. */
    void happen() {
        happen(Mishap.some(statements, 1, migration.id()));
    }

    /** Tries a mishap at some of the statements that change something; at each of them in the thorough variant. */
    void happenAtSomeChanges(Mishap.Kind kind, int about) {
        if (Mishap.THOROUGH) {
            happen(Mishap.atEachChange(kind, statements));
            return;
        }
        Random random = new Random(Mishap.SEED);
        happen(Mishap.spread(about, Mishap.atEachChange(kind, statements), random));
    }

    private void happen(List<Mishap> mishaps) {
        Trials.all(arenas, migration.id(), mishaps, this::tryIt);
    }

    /** What is wrong afterwards; empty if nothing is. */
    private String tryIt(Arena arena, Mishap mishap) {
        arena.renewed();
        FaultyDataSource faulty = Trials.watched(arena, mishap.plan());
        WaitsForAnother waits = new WaitsForAnother();
        try {
            Outcome outcome = walk.apply(arena.rig(faulty, waits));
            if (mishap.isDeadly()) {
                // The last statement gives the lease back; whoever dies after it has said how it ended.
                boolean afterAll = mishap.kind() == Mishap.Kind.DIES_AFTER && mishap.at() == statements.size();
                if (!afterAll) {
                    return "it did not die, fired: %s, after %d statements instead of %d: %s"
                            .formatted(faulty.fired(), faulty.count(), statements.size(), outcome);
                }
            } else if (!(outcome instanceof Outcome.Arrived)) {
                return "it got stuck: " + outcome;
            } else if (!waits.told.isEmpty()) {
                return "alone as it is, it waited for another engine: " + waits.told;
            }
        } catch (EngineCrash death) {
            if (!mishap.isDeadly()) {
                return "it died of " + death;
            }
        } catch (RuntimeException | AssertionError e) {
            return "it failed: " + e;
        }
        if (!faulty.fired()) {
            return "it never came, after %d statements instead of %d".formatted(faulty.count(), statements.size());
        }
        return mishap.isDeadly() ? goOn(arena) : compare(arena);
    }

    /** Drops the server's answer to every n-th message with a COMMIT in it; the same engine has to find out. */
    void loseCommits(int stride) {
        Arena arena = arenas.get(0);
        int commits = loseCommit(arena, Integer.MAX_VALUE);
        assertThat(commits).isGreaterThan(20);
        for (int n = 1 + new Random(Mishap.SEED).nextInt(stride); n <= commits; n += stride) {
            loseCommit(arena, n);
        }
    }

    private int loseCommit(Arena arena, int n) {
        arena.renewed();
        try (TcpProxy proxy = TcpProxy.inFrontOf(arena.database().server());
                SessionPool sessions = arena.poolThrough(proxy)) {
            boolean none = n == Integer.MAX_VALUE;
            if (!none) {
                proxy.dropAnswerOf("COMMIT", n);
            }
            String what = "COMMIT %s of %s (seed %d)".formatted(n, migration.id(), Mishap.SEED);
            assertThat(walk.apply(arena.rig(sessions.dataSource()))).as(what).isInstanceOf(Outcome.Arrived.class);
            assertThat(none || proxy.fired()).as("%s came", what).isTrue();
            assertThat(whole.differences(Picture.of(arena, migration))).as(what).isEmpty();
            return (int) proxy.executed().stream()
                    .filter(sql -> sql.contains("COMMIT"))
                    .count();
        }
    }

    /** Notes when an engine waits for the lease: it must not have to wait for itself. */
    private static final class WaitsForAnother implements EngineListener {
        private final Queue<String> told = new ConcurrentLinkedQueue<>();

        @Override
        public void retries(String migration, String reason) {
            if (reason.startsWith("another engine")) {
                told.add(reason);
            }
        }
    }

    private String goOn(Arena arena) {
        arena.leaseRunsOut();
        try {
            Outcome outcome = walk.apply(arena.rig());
            return outcome instanceof Outcome.Arrived ? compare(arena) : "the next engine got stuck: " + outcome;
        } catch (RuntimeException | AssertionError e) {
            return "the next engine failed: " + e;
        }
    }

    private String compare(Arena arena) {
        List<String> differences = new ArrayList<>(whole.differences(Picture.of(arena, migration)));
        arena.pool().close();
        arena.database().awaitNoSessions();
        return String.join("\n", differences);
    }
}
