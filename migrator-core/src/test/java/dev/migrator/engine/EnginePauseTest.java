package dev.migrator.engine;

import static dev.migrator.engine.EngineFixture.back;
import static dev.migrator.engine.EngineFixture.forward;
import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Direction;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Status;
import org.junit.jupiter.api.Test;

class EnginePauseTest {
    private final EngineFixture db = new EngineFixture();
    private final Migration migration = SimulatedPlans.ungated();

    private void pause() {
        db.beside.setPaused(migration.id(), true);
    }

    private void resume() {
        db.beside.setPaused(migration.id(), false);
        db.trouble.forget();
    }

    private void goOnToTheEnd() {
        resume();
        db.migrate(migration, Phase.PURGE);
        assertThat(db.position()).isEqualTo(forward(Phase.PURGE, Status.COMPLETE));
    }

    @Test
    void aMigrationThatIsPausedBeforeItStartedIsNotStarted() {
        pause();
        assertThat(db.migrate(migration, Phase.PURGE))
                .isEqualTo(new Outcome.Paused(forward(Phase.EXPAND, Status.PENDING)));
        assertThat(db.tables.state()).isEmpty();
        goOnToTheEnd();
    }

    @Test
    void itStopsBetweenTwoSteps() {
        db.trouble.before("DONE 4 publish", this::pause);

        assertThat(db.migrate(migration, Phase.PURGE))
                .isEqualTo(new Outcome.Paused(forward(Phase.VALIDATE, Status.PAUSED)));
        assertThat(db.steps().subList(3, 5)).containsExactly(StepStatus.DONE, StepStatus.PLANNED);
        assertThat(db.position()).isEqualTo(forward(Phase.VALIDATE, Status.PAUSED));
        goOnToTheEnd();
        assertThat(db.events()).contains("VALIDATE paused", "VALIDATE phase-resumed");
    }

    @Test
    void itStopsBetweenTwoBatchesAndKeepsWhatIsDone() {
        db.trouble.before("DONE 3 batch", this::pause);

        assertThat(db.migrate(migration, Phase.PURGE))
                .isEqualTo(new Outcome.Paused(forward(Phase.BACKFILL, Status.PAUSED)));
        assertThat(db.tables.cursor()).isEqualTo(2);
        goOnToTheEnd();
    }

    @Test
    void itStopsBetweenTwoPhases() {
        db.trouble.before("phase-complete", this::pause);

        assertThat(db.migrate(migration, Phase.PURGE))
                .isEqualTo(new Outcome.Paused(forward(Phase.EXPAND, Status.COMPLETE)));
        goOnToTheEnd();
    }

    @Test
    void itStaysPausedForEveryEngineUntilItIsResumed() {
        db.trouble.before("DONE 5", this::pause);
        Outcome first = db.migrate(migration, Phase.PURGE);

        assertThat(db.migrate(migration, Phase.PURGE)).isEqualTo(first);
        assertThat(db.events()).endsWith("VALIDATE phase-started", "VALIDATE paused");
    }

    @Test
    void whatWasLeftRunningByAnEngineThatDiedIsRecordedAsPaused() {
        db.trouble.at("DONE 5", Trouble.crashBefore());
        try {
            db.migrate(migration, Phase.PURGE);
        } catch (SimulatedProcess.Crash e) {
            db.tables.pass(EngineFixture.SETTINGS.leaseTime());
        }
        pause();

        db.migrate(migration, Phase.PURGE);
        assertThat(db.position()).isEqualTo(forward(Phase.VALIDATE, Status.PAUSED));
        goOnToTheEnd();
    }

    @Test
    void aFailureStaysVisibleWhileItIsPaused() {
        db.tables.broken().add(5);
        db.migrate(migration, Phase.PURGE);
        pause();

        assertThat(db.migrate(migration, Phase.PURGE))
                .isEqualTo(new Outcome.Paused(forward(Phase.VALIDATE, Status.FAILED)));
        assertThat(db.state().error()).isPresent();
    }

    @Test
    void aRollbackThatIsOrderedWhileItIsPausedIsRecordedAndDoneWhenItIsResumed() {
        db.migrate(migration, Phase.CONTRACT);
        pause();

        assertThat(db.rollbackEntirely(migration)).isEqualTo(new Outcome.Paused(back(Phase.CONTRACT, Status.PAUSED)));
        assertThat(db.tables.status(db.plan.steps().get(7))).isEqualTo(StepStatus.DONE);

        resume();
        db.migrate(migration, Phase.PURGE);
        assertThat(db.position()).isEqualTo(back(Phase.EXPAND, Status.PENDING));
    }

    @Test
    void aRollbackStopsBetweenTwoStepsAndGoesOnWithTheNext() {
        db.migrate(migration, Phase.CONTRACT);
        db.trouble.before("PLANNED 6", this::pause);

        assertThat(db.rollbackEntirely(migration)).isEqualTo(new Outcome.Paused(back(Phase.VALIDATE, Status.PAUSED)));
        assertThat(db.steps().subList(4, 6)).containsExactly(StepStatus.DONE, StepStatus.PLANNED);

        resume();
        db.rollbackEntirely(migration);
        assertThat(db.state().isRolledBack()).isTrue();
        assertThat(db.state().direction()).isEqualTo(Direction.ROLLING_BACK);
    }

    @Test
    void aRollbackThatWasPausedKeepsItsTarget() {
        db.migrate(migration, Phase.CONTRACT);
        db.trouble.before("PLANNED 6", this::pause);
        db.rollback(migration, Phase.BACKFILL);

        resume();
        db.migrate(migration, Phase.PURGE);
        assertThat(db.position()).isEqualTo(back(Phase.BACKFILL, Status.COMPLETE));
    }
}
