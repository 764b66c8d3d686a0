package dev.migrator.engine;

import static dev.migrator.engine.EngineFixture.SETTINGS;
import static dev.migrator.engine.EngineFixture.forward;
import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How an engine keeps its lease, and gives it back. */
class WalkTest {
    private final EngineFixture db = new EngineFixture();
    private final Migration migration = SimulatedPlans.ungated();
    private final List<Runnable> renewals = new ArrayList<>();
    private final List<Duration> intervals = new ArrayList<>();

    private final class ByHand implements Pace {
        @Override
        public void pause(Duration duration) {
            db.tables.pass(duration);
        }

        @Override
        public Handle every(Duration interval, Runnable task) {
            intervals.add(interval);
            renewals.add(task);
            return () -> renewals.remove(task);
        }
    }

    private Engine engine() {
        return new Engine(db.database, db.database, asked -> db.plan, new ByHand(), SETTINGS, EngineListener.NONE);
    }

    @AfterEach
    void noRenewalIsLeft() {
        assertThat(renewals).isEmpty();
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void theLeaseIsRenewedThreeTimesInItsLifeAndGivenBack() {
        List<Instant> expiries = new ArrayList<>();
        db.trouble.before("DONE 3 batch", () -> {
            db.tables.pass(Duration.ofSeconds(20));
            List.copyOf(renewals).forEach(Runnable::run);
            expiries.add(db.tables.holder().expires());
        });

        assertThat(engine().migrate(migration, Phase.PURGE, false)).isInstanceOf(Outcome.Arrived.class);

        assertThat(intervals).containsExactly(SETTINGS.leaseTime().dividedBy(3));
        assertThat(expiries).hasSize(3).isSorted().doesNotHaveDuplicates();
        assertThat(db.beside.holder(migration.id())).isEmpty();
    }

    @Test
    void aRenewalThatFailsDoesNotStopTheWork() {
        db.trouble.at("renew", Trouble.refused(ErrorClass.TRANSIENT));
        db.trouble.before("DONE 3 batch", () -> List.copyOf(renewals).forEach(Runnable::run));

        assertThat(engine().migrate(migration, Phase.PURGE, false)).isInstanceOf(Outcome.Arrived.class);
    }

    @Test
    void aRenewalAfterTheTakeoverLeavesTheNewLeaseAlone() {
        db.trouble.before("DONE 5", () -> {
            db.tables.pass(Duration.ofMinutes(1));
            db.beside.acquire(migration.id(), "host/2/b", Duration.ofMinutes(1));
            Instant expires = db.tables.holder().expires();
            db.tables.pass(Duration.ofSeconds(1));
            List.copyOf(renewals).forEach(Runnable::run);
            assertThat(db.tables.holder().expires()).isEqualTo(expires);
        });

        assertThat(engine().migrate(migration, Phase.PURGE, false)).isInstanceOf(Outcome.Failed.class);
        assertThat(db.tables.holder().owner()).isEqualTo("host/2/b");
    }

    @Test
    void aLeaseThatCannotBeGivenBackRunsOut() {
        db.trouble.at("release", Trouble.refused(ErrorClass.UNKNOWN));

        assertThat(engine().migrate(migration, Phase.EXPAND, false)).isInstanceOf(Outcome.Arrived.class);
        assertThat(engine().migrate(migration, Phase.PURGE, false)).isInstanceOf(Outcome.Arrived.class);
    }

    @Test
    void aLostAnswerToTakingTheLeaseCostsNoTime() {
        db.trouble.at(2, Trouble.answerLost());
        Instant begin = db.tables.now();

        assertThat(engine().migrate(migration, Phase.EXPAND, false)).isInstanceOf(Outcome.Arrived.class);

        assertThat(db.trouble.messages().get(2)).isEqualTo("acquire");
        assertThat(Duration.between(begin, db.tables.now())).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void eachWalkHasAnOwnersNameOfItsOwn() {
        List<String> owners = new ArrayList<>();
        db.trouble.before("start", () -> owners.add(db.tables.holder().owner()));
        db.trouble.before("phase-resumed", () -> owners.add(db.tables.holder().owner()));
        db.tables.broken().add(2);
        engine().migrate(migration, Phase.PURGE, false);
        engine().migrate(migration, Phase.PURGE, false);

        assertThat(owners).hasSize(2).doesNotHaveDuplicates().allMatch(owner -> owner.startsWith(SETTINGS.owner()));
    }

    @Test
    void anInterruptedThreadWaitsForNoLease() {
        db.beside.acquire(migration.id(), "host/2/b", Duration.ofDays(1));
        Instant begin = db.tables.now();
        Thread.currentThread().interrupt();

        Outcome outcome = engine().migrate(migration, Phase.PURGE, false);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(outcome).isInstanceOf(Outcome.Waits.class);
        assertThat(Duration.between(begin, db.tables.now())).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void anInterruptedThreadTriesNothingAgain() {
        db.trouble.at("status", atServer -> {
            Thread.currentThread().interrupt();
            throw Trouble.failure(ErrorClass.TRANSIENT);
        });

        Outcome outcome = engine().migrate(migration, Phase.PURGE, false);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        assertThat(db.position()).isEqualTo(forward(Phase.EXPAND, Status.FAILED));
    }

    @Test
    void stepsThatAreDoneAreNotSentAgain() {
        db.tables.broken().add(5);
        engine().migrate(migration, Phase.PURGE, false);
        db.tables.broken().clear();
        db.trouble.forget();

        engine().migrate(migration, Phase.VALIDATE, false);

        assertThat(db.trouble.messages()).filteredOn("status"::equals).hasSize(2);
    }
}
