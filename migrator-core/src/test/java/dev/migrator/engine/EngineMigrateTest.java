package dev.migrator.engine;

import static dev.migrator.engine.EngineFixture.back;
import static dev.migrator.engine.EngineFixture.forward;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.plan.Finding;
import dev.migrator.plan.Plan;
import dev.migrator.plan.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EngineMigrateTest {
    private final EngineFixture db = new EngineFixture();
    private final Migration migration = SimulatedPlans.ungated();

    @Test
    void goesThroughAllPhasesAndTellsEachOnce() {
        Outcome outcome = db.migrate(migration, Phase.PURGE);

        assertThat(outcome).isEqualTo(new Outcome.Arrived(forward(Phase.PURGE, Status.COMPLETE), "PURGE is complete"));
        assertThat(db.steps()).containsOnly(StepStatus.DONE);
        assertThat(db.events())
                .containsExactly(
                        "EXPAND started",
                        "EXPAND phase-started",
                        "EXPAND phase-complete",
                        "BACKFILL phase-started",
                        "BACKFILL phase-complete",
                        "VALIDATE phase-started",
                        "VALIDATE phase-complete",
                        "CONTRACT phase-started",
                        "CONTRACT phase-complete",
                        "PURGE phase-started",
                        "PURGE phase-complete");
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void stopsAtTheEndOfThePhaseAskedForAndGoesOnFromThere(Phase to) {
        Outcome outcome = db.migrate(migration, to);

        assertThat(outcome).isEqualTo(new Outcome.Arrived(forward(to, Status.COMPLETE), to + " is complete"));
        assertThat(db.tables.steps())
                .allMatch(state -> (state.status() == StepStatus.DONE)
                        == !to.isBefore(state.step().phase()));
        db.migrate(migration, Phase.PURGE);
        assertThat(db.position()).isEqualTo(forward(Phase.PURGE, Status.COMPLETE));
    }

    @Test
    void aPhaseThatIsCompleteAlreadyIsAnAnswerAndWritesNothing() {
        db.migrate(migration, Phase.VALIDATE);
        List<String> before = db.events();

        assertThat(db.migrate(migration, Phase.VALIDATE))
                .isEqualTo(new Outcome.Arrived(forward(Phase.VALIDATE, Status.COMPLETE), "VALIDATE is complete"));
        assertThat(db.migrate(migration, Phase.EXPAND))
                .isEqualTo(new Outcome.Arrived(forward(Phase.VALIDATE, Status.COMPLETE), "EXPAND is complete"));
        assertThat(db.events()).isEqualTo(before);
    }

    @Test
    void aStepThatFailsForGoodIsRecordedAndIsDoneOnceItsCauseIsGone() {
        db.tables.broken().add(5);

        Outcome outcome = db.migrate(migration, Phase.PURGE);

        String message =
                "Migration 0001_full_name, VALIDATE, step 5 (Scan in VALIDATE): permission denied to do step 5";
        assertThat(outcome).isEqualTo(new Outcome.Failed(forward(Phase.VALIDATE, Status.FAILED), message));
        assertThat(db.position()).isEqualTo(forward(Phase.VALIDATE, Status.FAILED));
        assertThat(db.state().error()).contains(message);

        db.tables.broken().clear();
        db.migrate(migration, Phase.VALIDATE);
        assertThat(db.position()).isEqualTo(forward(Phase.VALIDATE, Status.COMPLETE));
        assertThat(db.state().error()).isEmpty();
        assertThat(db.events()).endsWith("VALIDATE failed", "VALIDATE phase-resumed", "VALIDATE phase-complete");
    }

    @Test
    void aFailureThatCannotBeRecordedIsToldAllTheSame() {
        db.tables.broken().add(1);
        db.trouble.at("failed", Trouble.refused(ErrorClass.TRANSIENT));

        Outcome outcome = db.migrate(migration, Phase.PURGE);

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                .contains("permission denied")
                .contains("could not be recorded"));
        assertThat(db.position()).isEqualTo(forward(Phase.EXPAND, Status.RUNNING));
    }

    @Test
    void aSchemaThatChangedUnderTheMigrationStopsItBeforeTheNextPhase() {
        db.migrate(migration, Phase.BACKFILL);
        db.tables.schema().execute("+stranger");

        Outcome outcome = db.migrate(migration, Phase.PURGE);

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
            assertThat(failed.position()).isEqualTo(forward(Phase.VALIDATE, Status.FAILED));
            assertThat(failed.message()).contains("before VALIDATE").contains("new or changed: stranger");
        });
        assertThat(db.position()).isEqualTo(forward(Phase.VALIDATE, Status.FAILED));
        assertThat(db.migrate(migration, Phase.PURGE)).as("still changed").isEqualTo(outcome);

        db.tables.schema().execute("-stranger");
        db.migrate(migration, Phase.PURGE);
        assertThat(db.position()).isEqualTo(forward(Phase.PURGE, Status.COMPLETE));
    }

    @Test
    void aSchemaThatChangedAfterThePlanWasMadeStopsItBeforeTheFirstStep() {
        db.trouble.before("start", () -> db.tables.schema().execute("+stranger"));

        assertThat(db.migrate(migration, Phase.PURGE)).isInstanceOf(Outcome.Failed.class);

        assertThat(db.position()).isEqualTo(forward(Phase.EXPAND, Status.FAILED));
        assertThat(db.steps()).containsOnly(StepStatus.PLANNED);
        assertThat(db.rollbackEntirely(migration)).isInstanceOf(Outcome.Arrived.class);
    }

    @Test
    void aChangedDefinitionIsRefusedWithItsDifferencesWhileTheMigrationIsUnderWay() {
        db.migrate(migration, Phase.EXPAND);
        Migration changed = Migration.builder(migration.id())
                .addColumn("users", "fullname", "text")
                .gates(Phase.CONTRACT)
                .gates(Phase.PURGE)
                .build();

        assertThat(db.migrate(changed, Phase.PURGE))
                .isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                        .contains("EXPAND COMPLETE")
                        .contains("was full_name, now fullname")
                        .contains("Nothing was done"));
        assertThat(db.position()).isEqualTo(forward(Phase.EXPAND, Status.COMPLETE));

        db.rollbackEntirely(changed);
        db.migrateNamed(changed, Phase.PURGE);
        assertThat(db.position()).as("after a rollback").isEqualTo(forward(Phase.PURGE, Status.COMPLETE));
        assertThat(db.state().checksum()).isEqualTo(changed.checksum());
    }

    @Test
    void aRefusedPlanIsThrownAndLeavesNothing() {
        Finding finding = new Finding(Finding.Severity.REFUSED, "f.yaml:3:5", "no such table", "");
        db.trouble.before("plan", () -> {
            throw new PlanRefusedException(migration.id(), List.of(finding));
        });

        assertThatThrownBy(() -> db.migrate(migration, Phase.PURGE))
                .isInstanceOf(PlanRefusedException.class)
                .hasMessageContaining("no such table");
        assertThat(db.tables.state()).isEmpty();
        assertThat(db.beside.holder(migration.id()))
                .as("the lease is given back")
                .isEmpty();
    }

    @Test
    void aPlanAgainstTheRulesIsNotRun() {
        List<Step> withoutTheLast = db.plan.steps().subList(0, 9);
        db.plan = new Plan(migration.id(), withoutTheLast, List.of(), List.of(), List.of());

        assertThat(db.migrate(migration, Phase.PURGE))
                .isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                        .contains("HELPERS_ARE_REMOVED")
                        .contains("sync trigger"));
        assertThat(db.tables.state()).isEmpty();
    }

    @Test
    void anotherEnginesLeaseIsWaitedForAndThenNamed() {
        db.beside.acquire(migration.id(), "host/2/b", Duration.ofDays(1));

        Outcome outcome = db.migrate(migration, Phase.PURGE);

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Waits.class, waits -> assertThat(waits.reasons())
                .singleElement()
                .satisfies(waiting -> assertThat(waiting.gate() + ": " + waiting.reason())
                        .startsWith("lease: another engine is at work: host/2/b, lease until ")));
        assertThat(db.retries).as("told once").hasSize(1);
        assertThat(db.tables.state()).isEmpty();
    }

    @Test
    void aLeaseThatRanOutIsTakenOver() {
        db.beside.acquire(migration.id(), "host/2/b", Duration.ofMinutes(1));

        assertThat(db.migrate(migration, Phase.EXPAND)).isInstanceOf(Outcome.Arrived.class);
    }

    @Test
    void anEngineThatWasOvertakenWritesNothingMore() {
        db.trouble.before("DONE 5", () -> {
            db.tables.pass(Duration.ofMinutes(1));
            db.beside.acquire(migration.id(), "host/2/b", Duration.ofMinutes(1));
        });

        Outcome outcome = db.migrate(migration, Phase.PURGE);

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
            assertThat(failed.position()).isEqualTo(forward(Phase.VALIDATE, Status.RUNNING));
            assertThat(failed.message()).contains("another engine has taken it over");
        });
        assertThat(db.events()).endsWith("VALIDATE phase-started");
        assertThat(db.beside.holder(migration.id())).isPresent();
    }

    @Test
    void aMigrationThatWasRolledBackStartsAgainOnlyWhenItIsNamed() {
        db.migrate(migration, Phase.CONTRACT);
        db.rollbackEntirely(migration);

        assertThat(db.migrate(migration, Phase.PURGE)).isInstanceOfSatisfying(Outcome.Arrived.class, arrived -> {
            assertThat(arrived.position()).isEqualTo(back(Phase.EXPAND, Status.PENDING));
            assertThat(arrived.message()).contains("before EXPAND").contains("name it");
        });
        assertThat(db.steps()).containsOnly(StepStatus.PLANNED);

        db.migrateNamed(migration, Phase.PURGE);
        assertThat(db.position()).isEqualTo(forward(Phase.PURGE, Status.COMPLETE));
    }

    @Test
    void aNameGivenBeforeTheRollbackDoesNotCount() {
        db.migrate(migration, Phase.CONTRACT);
        db.trouble.before("acquire", () -> {
            db.trouble.forget();
            db.rollbackEntirely(migration);
        });

        assertThat(db.migrateNamed(migration, Phase.PURGE)).isInstanceOf(Outcome.Arrived.class);

        assertThat(db.position()).isEqualTo(back(Phase.EXPAND, Status.PENDING));
    }

    @Test
    void aPartialRollbackGoesForwardAgainOnlyWhenItIsNamed() {
        db.migrate(migration, Phase.CONTRACT);
        db.rollback(migration, Phase.BACKFILL);

        assertThat(db.migrate(migration, Phase.PURGE))
                .isInstanceOfSatisfying(Outcome.Arrived.class, arrived -> assertThat(arrived.message())
                        .contains("the end of BACKFILL"));
        assertThat(db.position()).isEqualTo(back(Phase.BACKFILL, Status.COMPLETE));

        db.migrateNamed(migration, Phase.PURGE);
        assertThat(db.position()).isEqualTo(forward(Phase.PURGE, Status.COMPLETE));
        assertThat(db.events()).contains("BACKFILL turned-forward");
    }

    @Test
    void aListenerThatThrowsIsIgnored() {
        List<Position> told = new ArrayList<>();
        EngineListener listener = new EngineListener() {
            @Override
            public void moved(String id, Position position, String detail) {
                told.add(position);
                if (told.size() == 1) {
                    throw new IllegalStateException("a listener's own business");
                }
            }
        };

        assertThat(db.engine(listener).migrate(migration, Phase.EXPAND, false)).isInstanceOf(Outcome.Arrived.class);
        assertThat(told).endsWith(forward(Phase.EXPAND, Status.COMPLETE));
    }
}
