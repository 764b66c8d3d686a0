package dev.migrator.engine;

import static dev.migrator.engine.EngineFixture.forward;
import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.plan.Plan;
import dev.migrator.plan.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What goes wrong once, at each message of a whole walk in turn. */
class EngineMishapTest {
    private final Migration migration = SimulatedPlans.gated();

    /** What may go wrong. */
    enum Mishap {
        REFUSED,
        REQUEST_LOST,
        ANSWER_LOST,
        CRASH_BEFORE,
        CRASH_AFTER;

        Trouble.Happening happening() {
            return switch (this) {
                case REFUSED -> Trouble.refused(ErrorClass.TRANSIENT);
                case REQUEST_LOST -> Trouble.refused(ErrorClass.UNKNOWN);
                case ANSWER_LOST -> Trouble.answerLost();
                case CRASH_BEFORE -> Trouble.crashBefore();
                case CRASH_AFTER -> Trouble.crashAfter();
            };
        }

        boolean kills() {
            return this == CRASH_BEFORE || this == CRASH_AFTER;
        }
    }

    private interface Walk {
        Outcome walk(EngineFixture db);
    }

    private EngineFixture ready() {
        EngineFixture db = new EngineFixture();
        toContract(db);
        db.trouble.forget();
        return db;
    }

    private Outcome toContract(EngineFixture db) {
        db.migrate(migration, Phase.VALIDATE);
        db.approve(migration, Phase.CONTRACT);
        return db.migrate(migration, Phase.CONTRACT);
    }

    /** Runs into one mishap at each message in turn, and ends like the walk that runs into none. */
    private static void everyMessageOnce(Mishap mishap, Supplier<EngineFixture> start, Walk walk) {
        EngineFixture undisturbed = start.get();
        Outcome expected = walk.walk(undisturbed);
        int messages = undisturbed.trouble.messages().size();
        assertThat(messages).isGreaterThan(50);
        for (int number = 0; number < messages; number++) {
            EngineFixture db = start.get();
            db.trouble.at(number, mishap.happening());
            Outcome outcome = walkOrDie(walk, db);
            String where = mishap + " at message " + number + ", "
                    + db.trouble.messages().get(number);
            if (mishap.kills()) {
                db.trouble.forget();
                db.tables.pass(Duration.ofHours(1));
                outcome = walk.walk(db);
            } else {
                assertThat(db.events()).as(where).isEqualTo(undisturbed.events());
            }
            assertThat(outcome).as(where).isInstanceOf(expected.getClass());
            assertThat(db.position()).as(where).isEqualTo(undisturbed.position());
            assertThat(db.steps()).as(where).isEqualTo(undisturbed.steps());
            assertThat(db.tables.schema().describe())
                    .as(where)
                    .isEqualTo(undisturbed.tables.schema().describe());
        }
    }

    private static Outcome walkOrDie(Walk walk, EngineFixture db) {
        try {
            return walk.walk(db);
        } catch (SimulatedProcess.Crash e) {
            return new Outcome.Failed(forward(Phase.EXPAND, Status.PENDING), "died");
        }
    }

    @ParameterizedTest
    @EnumSource(Mishap.class)
    void theWayForwardSurvivesAMishapAtEveryMessage(Mishap mishap) {
        everyMessageOnce(mishap, EngineFixture::new, this::toContract);
    }

    @ParameterizedTest
    @EnumSource(Mishap.class)
    void theWayBackSurvivesAMishapAtEveryMessage(Mishap mishap) {
        everyMessageOnce(mishap, this::ready, db -> {
            Outcome outcome = db.rollbackEntirely(migration);
            return outcome instanceof Outcome.Arrived ? outcome : db.migrate(migration, Phase.PURGE);
        });
    }

    @Test
    void whatKeepsFailingIsGivenUpAfterAWhileAndRecorded() {
        EngineFixture db = new EngineFixture();
        db.trouble.at("DONE 2", Trouble.refused(ErrorClass.TRANSIENT));
        Instant begin = db.tables.now();

        Outcome outcome = db.migrate(migration, Phase.PURGE);

        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        assertThat(db.position()).isEqualTo(forward(Phase.EXPAND, Status.FAILED));
        assertThat(Duration.between(begin, db.tables.now()))
                .isBetween(
                        EngineFixture.SETTINGS.retryFor(),
                        EngineFixture.SETTINGS.retryFor().plusSeconds(10));
        assertThat(db.retries).hasSizeGreaterThan(10).allMatch(reason -> reason.contains("it went wrong"));
    }

    @Test
    void patienceIsRenewedWithEveryBatchThatCommits() {
        EngineFixture db = new EngineFixture();
        int[] tries = {0};
        db.trouble.at("DONE 3 batch", atServer -> {
            // Each batch needs most of the patience, all of them together much more than all of it.
            if (tries[0]++ % 46 < 45) {
                throw Trouble.failure(ErrorClass.TRANSIENT);
            }
            atServer.run();
        });

        assertThat(db.migrate(migration, Phase.BACKFILL)).isInstanceOf(Outcome.Arrived.class);
    }

    @Test
    void aMigrationWithEmptyPhasesPassesThroughThem() {
        EngineFixture db = new EngineFixture();
        List<Step> expandOnly = db.plan.steps().subList(0, 1);
        db.plan = new Plan(migration.id(), expandOnly, List.of(), List.of(), List.of());
        Migration ungated = SimulatedPlans.ungated();

        assertThat(db.migrate(ungated, Phase.PURGE))
                .isEqualTo(new Outcome.Arrived(forward(Phase.PURGE, Status.COMPLETE), "PURGE is complete"));
    }

    /** A standby takes over that has not seen the last commits: what they did is gone with their records. */
    @Test
    void whatAFailoverTookBackIsDoneAgainBeforeAnythingReliesOnIt() {
        Migration ungated = SimulatedPlans.ungated();
        EngineFixture db = new EngineFixture();
        db.migrate(ungated, Phase.VALIDATE);
        List<Integer> ran = new ArrayList<>();
        EngineListener failover = new EngineListener() {
            @Override
            public void stepDone(String id, Step step, boolean forward) {
                ran.add(step.ordinal());
                if (ran.size() == 2) {
                    db.tables.losesStepsFrom(ran.get(0));
                }
            }
        };
        assertThat(db.engine(failover).migrate(ungated, Phase.CONTRACT, false)).isInstanceOf(Outcome.Arrived.class);
        assertThat(ran).containsExactly(7, 8, 7, 8);
        assertThat(db.tables.steps())
                .filteredOn(state -> state.step().phase() == Phase.CONTRACT)
                .allMatch(state -> state.status() == StepStatus.DONE);
    }

    @Test
    void whatAFailoverTookBackIsUndoneAgainOnTheWayBack() {
        Migration ungated = SimulatedPlans.ungated();
        EngineFixture db = new EngineFixture();
        db.migrate(ungated, Phase.CONTRACT);
        List<Integer> undone = new ArrayList<>();
        EngineListener failover = new EngineListener() {
            @Override
            public void stepDone(String id, Step step, boolean forward) {
                undone.add(step.ordinal());
                if (undone.size() == 2) {
                    db.tables.losesUndoingOf(step);
                }
            }
        };
        assertThat(db.engine(failover).rollback(ungated, Optional.of(Phase.VALIDATE)))
                .isInstanceOf(Outcome.Arrived.class);
        assertThat(undone).containsExactly(8, 7, 7);
        assertThat(db.tables.steps())
                .filteredOn(state -> state.step().phase() == Phase.CONTRACT)
                .allMatch(state -> state.status() == StepStatus.PLANNED);
    }
}
