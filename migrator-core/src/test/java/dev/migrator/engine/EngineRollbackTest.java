package dev.migrator.engine;

import static dev.migrator.engine.EngineFixture.back;
import static dev.migrator.engine.EngineFixture.forward;
import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.plan.Action;
import dev.migrator.plan.Plan;
import dev.migrator.plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class EngineRollbackTest {
    private final EngineFixture db = new EngineFixture();
    private final Migration migration = SimulatedPlans.ungated();

    private void assertRefused(Outcome outcome, String reason) {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
            assertThat(failed.message()).contains(reason).contains("Nothing was done.");
            assertThat(failed.position()).isEqualTo(db.position());
        });
    }

    @Test
    void whatWasNeverStartedIsNotRolledBack() {
        assertThat(db.rollbackEntirely(migration))
                .isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                        .contains("never started"));
    }

    @ParameterizedTest
    @EnumSource(value = Phase.class, mode = EnumSource.Mode.EXCLUDE, names = "PURGE")
    void nothingIsLeftWhenItIsRolledBackFromAnyPhaseBeforePurge(Phase from) {
        db.migrate(migration, from);

        Outcome outcome = db.rollbackEntirely(migration);

        Position gone = back(Phase.EXPAND, Status.PENDING);
        assertThat(outcome).isEqualTo(new Outcome.Arrived(gone, "is rolled back to before EXPAND"));
        assertThat(db.position()).isEqualTo(gone);
        assertThat(db.steps()).containsOnly(StepStatus.PLANNED);
        assertThat(db.tables.schema().describe()).isEqualTo(new InMemorySchema().describe());
        assertThat(db.rollbackEntirely(migration)).isEqualTo(new Outcome.Arrived(gone, "was rolled back already"));
    }

    static Stream<Arguments> fromAndTo() {
        List<Phase> phases = List.of(Phase.values()).subList(0, 4);
        return phases.stream()
                .flatMap(from -> phases.stream().filter(to -> to.isBefore(from)).map(to -> Arguments.of(from, to)));
    }

    @ParameterizedTest
    @MethodSource("fromAndTo")
    void aPartialRollbackEndsWhereThePhaseWasCompleteAndGoesForwardToTheSameEnd(Phase from, Phase to) {
        EngineFixture straight = new EngineFixture();
        straight.migrate(migration, to);
        String there = straight.tables.schema().describe();
        db.migrate(migration, from);

        Outcome outcome = db.rollback(migration, to);

        assertThat(outcome)
                .isEqualTo(new Outcome.Arrived(back(to, Status.COMPLETE), "is rolled back to the end of " + to));
        assertThat(db.steps()).isEqualTo(straight.steps());
        if (to != Phase.EXPAND) {
            assertThat(db.tables.schema().describe()).isEqualTo(there);
        }
        assertThat(db.rollback(migration, to))
                .isEqualTo(new Outcome.Arrived(back(to, Status.COMPLETE), "stands there already"));

        straight.migrate(migration, Phase.PURGE);
        db.migrateNamed(migration, Phase.PURGE);
        assertThat(db.tables.schema().describe())
                .isEqualTo(straight.tables.schema().describe());
    }

    @Test
    void thePhaseAtWhoseEndItStandsIsThereAlready() {
        db.migrate(migration, Phase.VALIDATE);
        List<String> before = db.events();

        assertThat(db.rollback(migration, Phase.VALIDATE)).isInstanceOf(Outcome.Arrived.class);
        assertThat(db.events()).isEqualTo(before);
        assertThat(db.position()).isEqualTo(forward(Phase.VALIDATE, Status.COMPLETE));
    }

    @Test
    void aPhaseThatIsNotCompleteIsNoTarget() {
        db.tables.broken().add(5);
        db.migrate(migration, Phase.PURGE);

        assertRefused(db.rollback(migration, Phase.VALIDATE), "VALIDATE is not complete");
        assertRefused(db.rollback(migration, Phase.CONTRACT), "CONTRACT is not complete");
    }

    @Test
    void thereIsNoWayBackOncePurgeHasBegun() {
        db.tables.broken().add(10);
        db.migrate(migration, Phase.PURGE);
        assertThat(db.position()).isEqualTo(forward(Phase.PURGE, Status.FAILED));
        assertRefused(db.rollbackEntirely(migration), "point of no return");

        db.tables.broken().clear();
        db.migrate(migration, Phase.PURGE);
        assertRefused(db.rollback(migration, Phase.CONTRACT), "point of no return");
    }

    @Test
    void thereIsAWayBackFromTheGateOfPurgeAndFromAPurgeThatNeverBegan() {
        db.tables.broken().add(9);
        db.migrate(migration, Phase.PURGE);
        assertThat(db.position()).isEqualTo(forward(Phase.PURGE, Status.FAILED));

        assertThat(db.rollbackEntirely(migration)).isInstanceOf(Outcome.Arrived.class);
        assertThat(db.state().isRolledBack()).isTrue();
    }

    @Test
    void aStepWithoutUndoIsNamedAndNothingIsUndone() {
        Step step = db.plan.steps().get(4);
        List<Step> steps = new ArrayList<>(db.plan.steps());
        steps.set(
                4,
                new Step(
                        step.phase(),
                        step.ordinal(),
                        step.operation(),
                        step.title(),
                        step.action(),
                        new Action.Irreversible("an enum's value stays."),
                        step.doneWhen(),
                        step.effects(),
                        step.makes(),
                        step.removes()));
        db.plan = new Plan(migration.id(), steps, List.of(), List.of(), List.of());
        db.migrate(migration, Phase.CONTRACT);

        assertRefused(
                db.rollbackEntirely(migration), "step 5 (Scan in VALIDATE) has no way back: an enum's value stays.");
        assertThat(db.rollback(migration, Phase.VALIDATE))
                .as("not over that step")
                .isInstanceOf(Outcome.Arrived.class);
    }

    @Test
    void rowsThatTheOldShapeCannotHoldStopARollbackOverContract() {
        db.migrate(migration, Phase.CONTRACT);
        db.tables.setOutgrown(7);

        assertRefused(db.rollbackEntirely(migration), "7 rows hold values that the old shape can't hold");
        assertThat(db.position()).isEqualTo(forward(Phase.CONTRACT, Status.COMPLETE));
    }

    @Test
    void aRollbackThatFailedGoesOnWhereItFailedWhoeverMigratesNext() {
        db.migrate(migration, Phase.CONTRACT);
        db.tables.broken().add(4);

        assertThat(db.rollbackEntirely(migration)).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
            assertThat(failed.position()).isEqualTo(back(Phase.VALIDATE, Status.FAILED));
            assertThat(failed.message()).contains("VALIDATE, step 4 (BuildIndex in VALIDATE): permission denied");
        });
        assertThat(db.state().error()).isPresent();

        db.tables.broken().clear();
        assertThat(db.migrate(migration, Phase.PURGE)).isInstanceOf(Outcome.Arrived.class);
        assertThat(db.state().isRolledBack()).isTrue();
        assertThat(db.state().error()).isEmpty();
    }

    @Test
    void anUnfinishedRollbackIsFinishedEvenIfTheFileHasChanged() {
        db.migrate(migration, Phase.CONTRACT);
        db.tables.broken().add(4);
        db.rollbackEntirely(migration);
        db.tables.broken().clear();

        Migration changed = Migration.builder(migration.id())
                .addColumn("users", "fullname", "text")
                .build();
        assertThat(db.migrate(changed, Phase.PURGE)).isInstanceOf(Outcome.Arrived.class);
        assertThat(db.state().isRolledBack()).isTrue();
    }

    @Test
    void anUnfinishedRollbackIsFinishedToItsOwnTarget() {
        db.migrate(migration, Phase.CONTRACT);
        db.tables.broken().add(7);
        db.rollback(migration, Phase.BACKFILL);
        db.tables.broken().clear();

        db.migrateNamed(migration, Phase.PURGE);

        assertThat(db.position()).isEqualTo(back(Phase.BACKFILL, Status.COMPLETE));
    }

    @Test
    void aRollbackUnderWayCanBeSentFurtherAndThatIsRecordedFirst() {
        db.migrate(migration, Phase.CONTRACT);
        db.tables.broken().add(7);
        db.rollback(migration, Phase.VALIDATE);

        db.rollbackEntirely(migration);
        assertThat(db.state().rollbackTo()).isEmpty();
        assertThat(db.events()).contains("CONTRACT rollback-redirected");

        db.tables.broken().clear();
        db.migrate(migration, Phase.PURGE);
        assertThat(db.state().isRolledBack()).isTrue();
    }

    @Test
    void aPhaseThatIsBeingUndoneIsNoTarget() {
        db.migrate(migration, Phase.CONTRACT);
        db.tables.broken().add(4);
        db.rollbackEntirely(migration);

        assertRefused(db.rollback(migration, Phase.VALIDATE), "VALIDATE is being undone already");
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"BACKFILL", "VALIDATE", "CONTRACT"})
    void whatIsHalfDoneIsUndone(Phase half) {
        int last = db.plan.steps(half).get(db.plan.steps(half).size() - 1).ordinal();
        String prefix = "DONE " + last + (half == Phase.VALIDATE ? " end" : half == Phase.CONTRACT ? " end" : " batch");
        db.trouble.at(prefix, Trouble.refused(ErrorClass.PERMANENT));
        db.migrate(migration, Phase.PURGE);
        assertThat(db.position()).isEqualTo(forward(half, Status.FAILED));

        assertThat(db.rollbackEntirely(migration)).isInstanceOf(Outcome.Arrived.class);
        assertThat(db.tables.schema().describe()).isEqualTo(new InMemorySchema().describe());
    }
}
