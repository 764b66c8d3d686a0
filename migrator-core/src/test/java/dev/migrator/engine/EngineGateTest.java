package dev.migrator.engine;

import static dev.migrator.engine.EngineFixture.back;
import static dev.migrator.engine.EngineFixture.forward;
import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Gate;
import dev.migrator.Identifier;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Status;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class EngineGateTest {
    private final EngineFixture db = new EngineFixture();

    private static void assertWaits(Outcome outcome, Phase phase, String gate, String reason) {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Waits.class, waits -> {
            assertThat(waits.phase()).isEqualTo(phase);
            assertThat(waits.reasons()).anySatisfy(waiting -> assertThat(waiting.gate() + ": " + waiting.reason())
                    .startsWith(gate + ": ")
                    .contains(reason));
        });
    }

    @Test
    void anApprovalIsWaitedForBeforeTheFirstStepOfItsPhase() {
        Migration migration = SimulatedPlans.builder().build();

        Outcome outcome = db.migrate(migration, Phase.PURGE);

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Waits.class, waits -> {
            assertThat(waits.phase()).isEqualTo(Phase.CONTRACT);
            assertThat(waits.reasons())
                    .allMatch(waiting -> waiting.reason().contains("migrator approve 0001_full_name contract"));
        });
        assertThat(db.position()).isEqualTo(forward(Phase.CONTRACT, Status.WAITING));
        assertThat(db.state().waiting()).extracting(Waiting::gate).containsExactly("releases", "approval");
        assertThat(db.tables.steps())
                .filteredOn(state -> state.step().phase() == Phase.CONTRACT)
                .allMatch(state -> state.status() == StepStatus.PLANNED);

        List<String> before = db.events();
        assertThat(db.migrate(migration, Phase.PURGE)).isEqualTo(outcome);
        assertThat(db.events()).as("waiting on is no news").isEqualTo(before);

        db.approve(migration, Phase.CONTRACT);
        assertWaits(db.migrate(migration, Phase.PURGE), Phase.PURGE, "approval", "purge");
        assertThat(db.state().waiting()).extracting(Waiting::gate).containsExactly("approval");
    }

    @Test
    void whatIsBeforeTheGateCountsAsReached() {
        Migration migration = SimulatedPlans.builder().build();
        db.migrate(migration, Phase.PURGE);

        assertThat(db.migrate(migration, Phase.VALIDATE))
                .isEqualTo(new Outcome.Arrived(forward(Phase.CONTRACT, Status.WAITING), "VALIDATE is complete"));
    }

    @Test
    void aSoakTimeCountsFromTheEndOfThePhaseBefore() {
        Migration migration = SimulatedPlans.builder()
                .gates(Phase.CONTRACT, new Gate.Soak(Duration.ofHours(1)))
                .gates(Phase.PURGE)
                .build();

        Outcome outcome = db.migrate(migration, Phase.PURGE);
        assertWaits(
                outcome,
                Phase.CONTRACT,
                "soak",
                "until " + db.state().phaseCompletedAt().plus(Duration.ofHours(1)));

        db.tables.pass(Duration.ofMinutes(59));
        assertThat(db.migrate(migration, Phase.PURGE)).isEqualTo(outcome);
        db.tables.pass(Duration.ofMinutes(1));
        assertThat(db.migrate(migration, Phase.PURGE)).isInstanceOf(Outcome.Arrived.class);
    }

    @Test
    void aQueryIsAskedAgainEachTime() {
        Migration migration = SimulatedPlans.builder()
                .gates(Phase.VALIDATE, SimulatedPlans.QUERY)
                .build();
        db.tables.setQuery(false);

        assertWaits(db.migrate(migration, Phase.VALIDATE), Phase.VALIDATE, "sql", "has not answered true");
        db.tables.setQuery(true);
        assertThat(db.migrate(migration, Phase.VALIDATE)).isInstanceOf(Outcome.Arrived.class);
    }

    @Test
    void aGateThatFailsIsShut() {
        Migration migration = SimulatedPlans.builder()
                .gates(Phase.VALIDATE, SimulatedPlans.QUERY)
                .build();
        db.trouble.at("ask", Trouble.refused(ErrorClass.PERMANENT));

        assertWaits(db.migrate(migration, Phase.PURGE), Phase.VALIDATE, "sql", "the gate itself failed: it went wrong");
    }

    @Test
    void releasesAreUnknownUntilSomebodyApprovesKnowingSo() {
        Migration migration = SimulatedPlans.builder()
                .gates(Phase.CONTRACT, new Gate.Releases())
                .build();

        assertWaits(db.migrate(migration, Phase.CONTRACT), Phase.CONTRACT, "releases", "no instance is registered");
        db.approve(migration, Phase.CONTRACT);
        assertThat(db.migrate(migration, Phase.CONTRACT)).isInstanceOf(Outcome.Arrived.class);
    }

    @Test
    void noApprovalOverridesAnInstanceThatNeedsTheOldShape() {
        Migration migration = SimulatedPlans.builder()
                .gates(Phase.CONTRACT, new Gate.Releases())
                .build();
        db.tables.setLive(new LiveReleases(2, List.of("a/1 (release 1.0) uses the old shape"), List.of()));
        db.approve(migration, Phase.CONTRACT);

        assertWaits(db.migrate(migration, Phase.CONTRACT), Phase.CONTRACT, "releases", "a/1 (release 1.0)");
        db.tables.setLive(new LiveReleases(1, List.of(), List.of()));
        assertThat(db.migrate(migration, Phase.CONTRACT)).isInstanceOf(Outcome.Arrived.class);
    }

    @Test
    void allGatesHaveToBeOpenAndAllThatAreShutAreNamed() {
        db.tables.setQuery(false);
        Migration migration = SimulatedPlans.builder()
                .gates(Phase.BACKFILL, new Gate.Approval(), SimulatedPlans.QUERY, new Gate.Soak(Duration.ofDays(1)))
                .build();

        assertThat(db.migrate(migration, Phase.PURGE))
                .asInstanceOf(InstanceOfAssertFactories.type(Outcome.Waits.class))
                .extracting(waits -> Waiting.gates(waits.reasons()))
                .isEqualTo(List.of("approval", "sql", "soak"));
    }

    @Test
    void beforeExpandNothingIsRecordedWhileTheGateIsShut() {
        Migration migration = SimulatedPlans.builder()
                .gates(Phase.EXPAND, new Gate.Approval())
                .build();

        assertWaits(db.migrate(migration, Phase.PURGE), Phase.EXPAND, "approval", "expand");
        assertThat(db.tables.state()).isEmpty();

        db.approve(migration, Phase.EXPAND);
        assertThat(db.migrate(migration, Phase.EXPAND)).isInstanceOf(Outcome.Arrived.class);
    }

    @Test
    void aPhaseThatWasEnteredAndNotBegunAsksItsGatesAgain() {
        Migration migration = SimulatedPlans.builder()
                .gates(Phase.VALIDATE, SimulatedPlans.QUERY)
                .build();
        db.tables.broken().add(4);
        db.migrate(migration, Phase.VALIDATE);
        assertThat(db.position()).isEqualTo(forward(Phase.VALIDATE, Status.FAILED));

        db.tables.setQuery(false);
        assertWaits(db.migrate(migration, Phase.VALIDATE), Phase.VALIDATE, "sql", "");
        assertThat(db.position()).isEqualTo(forward(Phase.VALIDATE, Status.WAITING));
    }

    @Test
    void aPhaseThatWasBegunAsksItsGatesNoMore() {
        Migration migration = SimulatedPlans.builder()
                .gates(Phase.VALIDATE, SimulatedPlans.QUERY)
                .build();
        db.tables.broken().add(5);
        db.migrate(migration, Phase.VALIDATE);

        db.tables.setQuery(false);
        db.tables.broken().clear();
        assertThat(db.migrate(migration, Phase.VALIDATE)).isInstanceOf(Outcome.Arrived.class);
    }

    @Test
    void anApprovalFromLongBeforeSaysNothingOfTheSessionsOfToday() {
        Migration migration = SimulatedPlans.builder()
                .gates(Phase.CONTRACT, new Gate.Releases())
                .build();
        db.approve(migration, Phase.CONTRACT);
        assertWaits(db.migrate(migration, Phase.CONTRACT), Phase.CONTRACT, "releases", "contract");
        db.approve(migration, Phase.CONTRACT);
        assertThat(db.migrate(migration, Phase.CONTRACT)).isInstanceOf(Outcome.Arrived.class);
    }

    @Test
    void anApprovalThatTheGateBesideItDoesNotTakeDoesNotSpeakForReleasesEither() {
        Migration migration = SimulatedPlans.builder()
                .gates(
                        Phase.CONTRACT,
                        new Gate.Releases(),
                        new Gate.Approval(1, List.of(Identifier.of("ops")), Optional.empty()))
                .build();
        db.migrate(migration, Phase.VALIDATE);
        db.approve(migration, Phase.CONTRACT);
        assertThat(db.migrate(migration, Phase.CONTRACT))
                .isInstanceOfSatisfying(Outcome.Waits.class, waits -> assertThat(waits.reasons())
                        .extracting(Waiting::gate)
                        .containsExactly("releases", "approval"));
    }

    @Test
    void aRollbackUsesUpTheApprovalsGivenBeforeIt() {
        Migration migration = SimulatedPlans.builder().build();
        db.migrate(migration, Phase.VALIDATE);
        db.approve(migration, Phase.CONTRACT);
        db.approve(migration, Phase.PURGE);
        db.migrate(migration, Phase.CONTRACT);
        db.rollback(migration, Phase.VALIDATE);

        assertWaits(db.migrateNamed(migration, Phase.PURGE), Phase.CONTRACT, "approval", "contract");
    }

    @Test
    void theApprovalThatLetAPhaseBeginDoesNotLetItBeUndone() {
        Migration migration =
                SimulatedPlans.builder().rollbackGates(new Gate.Approval()).build();
        db.migrate(migration, Phase.VALIDATE);
        db.approve(migration, Phase.CONTRACT);
        db.migrate(migration, Phase.CONTRACT);
        List<String> before = db.events();

        assertWaits(db.rollbackEntirely(migration), Phase.CONTRACT, "approval", "contract");
        assertThat(db.events()).isEqualTo(before);

        db.approve(migration, Phase.CONTRACT);
        assertThat(db.rollbackEntirely(migration)).isInstanceOf(Outcome.Arrived.class);
    }

    @Test
    void aRollbackFromAGateIsApprovedByApprovingThePhaseThatIsUndoneFirst() {
        Migration migration =
                SimulatedPlans.builder().rollbackGates(new Gate.Approval()).build();
        db.migrate(migration, Phase.PURGE);
        db.approve(migration, Phase.CONTRACT);
        assertWaits(db.rollbackEntirely(migration), Phase.VALIDATE, "approval", "validate");

        db.approve(migration, Phase.VALIDATE);
        assertThat(db.rollbackEntirely(migration)).isInstanceOf(Outcome.Arrived.class);
    }

    @Test
    void aRollbackAsksItsQueriesBeforeEachPhaseAndWaitsThereWithWhatWasUndone() {
        Migration migration = SimulatedPlans.builder()
                .gates(Phase.CONTRACT)
                .rollbackGates(SimulatedPlans.QUERY)
                .build();
        db.migrate(migration, Phase.CONTRACT);
        db.trouble.before("phase-undone", () -> db.tables.setQuery(false));

        assertWaits(db.rollbackEntirely(migration), Phase.VALIDATE, "sql", "");
        assertThat(db.position()).isEqualTo(back(Phase.VALIDATE, Status.WAITING));
        assertWaits(db.migrate(migration, Phase.PURGE), Phase.VALIDATE, "sql", "");

        db.trouble.forget();
        db.tables.setQuery(true);
        db.migrate(migration, Phase.PURGE);
        assertThat(db.position()).isEqualTo(back(Phase.EXPAND, Status.PENDING));
    }
}
