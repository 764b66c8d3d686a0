package dev.migrator.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.CustomGate;
import dev.migrator.Gate;
import dev.migrator.Identifier;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.GateAnswer.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The kinds of gates, and all, any and not of them. */
class EngineGateKindsTest {
    private static final Gate NEVER = new Gate.Soak(Duration.ofDays(100));
    private static final Gate PASSES = SimulatedPlans.QUERY;

    private EngineFixture db = new EngineFixture();
    private Optional<Gate> last = Optional.empty();
    private CustomGates ours = CustomGates.NONE;

    /** What a gate before VALIDATE answers; another gate than before is that of another migration. */
    private GateAnswer answer(Gate gate) {
        if (!db.tables.answers().isEmpty() && !Optional.of(gate).equals(last)) {
            db = new EngineFixture();
        }
        last = Optional.of(gate);
        db.settings = new EngineSettings(
                "host/1/a", Duration.ofSeconds(30), Duration.ofMinutes(10), Duration.ofMinutes(5), ours);
        Migration migration =
                SimulatedPlans.builder().gates(Phase.VALIDATE, gate).build();
        Outcome outcome = db.migrate(migration, Phase.VALIDATE);
        List<GateReport> answers = db.tables.answers();
        GateAnswer answer = answers.get(answers.size() - 1).answer();
        assertThat(outcome).isInstanceOf(answer.open() ? Outcome.Arrived.class : Outcome.Waits.class);
        return answer;
    }

    private void assertAnswers(Gate gate, Verdict verdict, String reason) {
        GateAnswer answer = answer(gate);
        assertThat(answer.verdict()).as(answer.reason()).isEqualTo(verdict);
        assertThat(answer.reason()).contains(reason);
    }

    private Gate custom(CustomGate gate) {
        ours = CustomGates.NONE.with("ours", gate);
        return new Gate.Custom("ours");
    }

    @Test
    void allNeedsEachAndNamesThoseThatAreShut() {
        assertAnswers(
                new Gate.All(List.of(PASSES, new Gate.Approval(), NEVER)), Verdict.WAIT, "nobody has approved it yet");
        assertThat(answer(new Gate.All(List.of(PASSES, new Gate.Approval(), NEVER)))
                        .reason())
                .contains(" and soaks until");
        assertAnswers(new Gate.All(List.of(PASSES, PASSES)), Verdict.PASS, "");
    }

    @Test
    void anyNeedsOne() {
        assertAnswers(new Gate.Any(List.of(new Gate.Approval(), NEVER)), Verdict.WAIT, " or soaks until");
        assertAnswers(new Gate.Any(List.of(NEVER, PASSES)), Verdict.PASS, "");
    }

    @Test
    void notIsTheOppositeOfWhatIsKnown() {
        assertAnswers(new Gate.Not(PASSES), Verdict.WAIT, "not while sql is open");
        assertAnswers(new Gate.Not(NEVER), Verdict.PASS, "soak is closed: soaks until");
    }

    @Test
    void whatCouldNotBeAskedOpensNothingNorDoesItsOpposite() {
        CustomGate broken = (migration, phase) -> {
            throw new IllegalStateException("flags are down");
        };
        assertAnswers(custom(broken), Verdict.UNKNOWN, "the gate ours has failed: java.lang.IllegalStateException");
        assertAnswers(new Gate.Not(custom(broken)), Verdict.UNKNOWN, "flags are down");
        assertAnswers(new Gate.Not(new Gate.Any(List.of(custom(broken), NEVER))), Verdict.UNKNOWN, "flags are down");
        assertAnswers(new Gate.Not(new Gate.All(List.of(custom(broken), PASSES))), Verdict.UNKNOWN, "flags are down");
    }

    @Test
    void aGateOfTheApplicationThatHangsIsNotKnownAndNotAskedOnceMoreWhileItDoes() {
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch never = new CountDownLatch(1);
        Gate hanging = custom((migration, phase) -> {
            asked.incrementAndGet();
            while (true) {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    // Just as deaf as what it stands for.
                }
            }
        });
        assertAnswers(hanging, Verdict.UNKNOWN, "has not answered within 5 s");
        assertAnswers(hanging, Verdict.UNKNOWN, "was asked before and has not answered yet");
        assertThat(asked).hasValue(1);
    }

    @Test
    void aGateOfTheApplicationIsToldOfWhatItIsAbout() {
        assertAnswers(
                custom((migration, phase) -> GateAnswer.refuse(migration + " " + phase + " never")),
                Verdict.REFUSE,
                SimulatedPlans.builder().build().id() + " VALIDATE never");
        assertAnswers(new Gate.Custom("theirs"), Verdict.UNKNOWN, "does not have the gate theirs");
    }

    @Test
    void aWindowOpensByTheDatabasesClock() {
        // The clock begins on a Thursday at midnight.
        assertAnswers(
                Gate.Window.of("09:00-10:00"), Verdict.WAIT, "outside of 09:00-10:00, until 2026-01-01T09:00:00Z");
        db.tables.pass(Duration.ofHours(9));
        assertAnswers(Gate.Window.of("09:00-10:00"), Verdict.PASS, "within 09:00-10:00");
        assertAnswers(Gate.Window.of("Sat-Sun 00:00-24:00"), Verdict.WAIT, "2026-01-03T00:00:00Z");
    }

    @Test
    void twoPeopleAreTwoNamesAndOneOfThemTwiceIsOne() {
        Gate two = new Gate.Approval(2, List.of(), Optional.empty());
        Migration migration =
                SimulatedPlans.builder().gates(Phase.VALIDATE, two).build();
        db.database.approve(migration.id(), Phase.VALIDATE, migration.checksum(), "Ann", "fine");
        db.database.approve(migration.id(), Phase.VALIDATE, migration.checksum(), "ann ", "fine again");
        assertAnswers(two, Verdict.WAIT, "1 of 2 people have approved it: ann");
        db.database.approve(migration.id(), Phase.VALIDATE, migration.checksum(), "bob", "fine");
        assertAnswers(two, Verdict.PASS, "approved by ann, bob");
    }

    @Test
    void anApprovalCountsOnlyOfAMemberAndUntilItExpires() {
        Gate ofRole = new Gate.Approval(1, List.of(Identifier.of("ops")), Optional.empty());
        Migration migration =
                SimulatedPlans.builder().gates(Phase.VALIDATE, ofRole).build();
        db.database.approve(migration.id(), Phase.VALIDATE, migration.checksum(), "ann", "fine");
        assertAnswers(ofRole, Verdict.WAIT, "that of ann does not count, since app is in none of the roles ops");
    }

    @Test
    void anApprovalThatHasExpiredCountsNoMore() {
        Gate expiring = new Gate.Approval(1, List.of(Identifier.of("app")), Optional.of(Duration.ofHours(1)));
        Migration migration =
                SimulatedPlans.builder().gates(Phase.VALIDATE, expiring).build();
        db.database.approve(migration.id(), Phase.VALIDATE, migration.checksum(), "ann", "fine");
        db.tables.pass(Duration.ofHours(2));
        assertAnswers(expiring, Verdict.WAIT, "that of ann has expired at");
        db.database.approve(migration.id(), Phase.VALIDATE, migration.checksum(), "ann", "fine");
        assertAnswers(expiring, Verdict.PASS, "approved by ann");
    }
}
