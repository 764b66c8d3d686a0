package dev.migrator.pg.execute;

import static dev.migrator.pg.execute.ExecutionSite.exclusively;
import static dev.migrator.pg.execute.ExecutionSite.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.LeaseLostException;
import dev.migrator.engine.StepFailure;
import dev.migrator.engine.StepStatus;
import dev.migrator.plan.Action;
import dev.migrator.plan.Step;
import dev.migrator.test.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class TransactionTest {
    private static final Step ADD = step(
            1,
            exclusively("ALTER TABLE public.users ADD COLUMN added int"),
            exclusively("ALTER TABLE public.users DROP COLUMN added"),
            "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'public.users'::regclass AND attname = 'added')");

    private static ExecutionSite site(Step step) {
        ExecutionSite site = ExecutionSite.of(step);
        site.db.execute("CREATE TABLE users (id int PRIMARY KEY, name text)", "INSERT INTO users VALUES (1, 'Ann')");
        return site;
    }

    private static boolean isAdded(ExecutionSite site) {
        return site.db.queryBoolean(
                "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname = 'added')");
    }

    @Test
    void itsStatementsAndItsRecordCommitTogether() {
        try (ExecutionSite site = site(ADD)) {
            site.executor().run(site.lease, ADD, site.control());

            assertThat(isAdded(site)).isTrue();
            assertThat(site.status(1)).isEqualTo(StepStatus.DONE);
        }
    }

    @Test
    void aStepThatIsDoneIsLeftAlone() {
        try (ExecutionSite site = site(ADD)) {
            site.executor().run(site.lease, ADD, site.control());
            site.executor().run(site.lease, ADD, site.control());

            assertThat(site.state(1).attempts()).isEqualTo(1);
        }
    }

    @Test
    void itsUndoTakesItBackAndAStepThatWasNeverBegunIsLeftAlone() {
        try (ExecutionSite site = site(ADD)) {
            site.executor().undo(site.lease, ADD, site.control());
            assertThat(site.state(1).attempts()).isZero();

            site.executor().run(site.lease, ADD, site.control());
            site.executor().undo(site.lease, ADD, site.control());

            assertThat(isAdded(site)).isFalse();
            assertThat(site.status(1)).isEqualTo(StepStatus.PLANNED);
        }
    }

    @Test
    void anEffectThatIsNotAsPlannedIsTakenBackWhole() {
        Step wrong = step(1, ADD.action(), ADD.undo(), "SELECT 1 = 2");
        try (ExecutionSite site = site(wrong)) {
            assertThatThrownBy(() -> site.executor().run(site.lease, wrong, site.control()))
                    .isInstanceOfSatisfying(StepFailure.class, failure -> {
                        assertThat(failure.errorClass()).isEqualTo(ErrorClass.PERMANENT);
                        assertThat(failure).hasMessageContaining("taken back whole");
                    });
            assertThat(isAdded(site)).isFalse();
            assertThat(site.status(1)).isEqualTo(StepStatus.PLANNED);
        }
    }

    @Test
    void aStatementThatTheServerRefusesLeavesNothing() {
        Step wrong = step(
                1,
                exclusively(
                        "ALTER TABLE public.users ADD COLUMN added int",
                        "ALTER TABLE public.users ADD COLUMN name int"),
                ADD.undo());
        try (ExecutionSite site = site(wrong)) {
            assertThatThrownBy(() -> site.executor().run(site.lease, wrong, site.control()))
                    .isInstanceOfSatisfying(StepFailure.class, failure -> {
                        assertThat(failure.errorClass()).isEqualTo(ErrorClass.PERMANENT);
                        assertThat(failure.sqlState()).isEqualTo("42701");
                    });
            assertThat(isAdded(site)).isFalse();
        }
    }

    @Test
    void ofTwoThatRaceForOneStepExactlyOneDoesIt() {
        Step count = step(1, exclusively("UPDATE public.users SET name = name || '!'"), new Action.Nothing());
        try (ExecutionSite site = site(count)) {
            List<CompletableFuture<Void>> race = List.of(
                    CompletableFuture.runAsync(() -> site.executor().run(site.lease, count, site.control())),
                    CompletableFuture.runAsync(() -> site.executor().run(site.lease, count, site.control())));
            race.forEach(CompletableFuture::join);

            assertThat(site.db.queryString("SELECT name FROM users")).isEqualTo("Ann!");
        }
    }

    @Test
    void anEngineThatLostItsLeaseChangesNothing() {
        try (ExecutionSite site = site(ADD)) {
            var zombie = site.takeOver();
            assertThatThrownBy(() -> site.executor().run(zombie, ADD, site.control()))
                    .isInstanceOf(LeaseLostException.class);
            assertThat(isAdded(site)).isFalse();
            assertThat(site.status(1)).isEqualTo(StepStatus.PLANNED);
        }
    }

    @Test
    void aLostAnswerToCommitIsUnknownAndTheRecordTellsAfterSettling() {
        try (ExecutionSite site = site(ADD);
                TcpProxy proxy = TcpProxy.inFrontOf(site.db.server())) {
            proxy.dropAnswerOf("COMMIT", 1);
            assertThatThrownBy(() -> site.executor(site.db.dataSource(proxy), ExecutionSite.settings())
                            .run(site.lease, ADD, site.control()))
                    .isInstanceOfSatisfying(StepFailure.class, failure -> assertThat(failure.errorClass())
                            .isEqualTo(ErrorClass.UNKNOWN));
            assertThat(proxy.fired()).isTrue();

            site.settle();
            site.executor().run(site.lease, ADD, site.control());

            assertThat(isAdded(site)).isTrue();
            assertThat(site.state(1).attempts()).isEqualTo(1);
        }
    }

    @Test
    void statementsThatAreNotShortAreBrokenOffAndReported() {
        Step slow = step(1, exclusively("SELECT pg_sleep(0.05)", "SELECT pg_sleep(600)"), new Action.Nothing());
        try (ExecutionSite site = site(slow)) {
            var settings = ExecutionSite.settings().withMaxHold(Duration.ofMillis(100));
            assertThatThrownBy(() -> site.executor(settings).run(site.lease, slow, site.control()))
                    .isInstanceOfSatisfying(StepFailure.class, failure -> {
                        assertThat(failure.errorClass()).isEqualTo(ErrorClass.PERMANENT);
                        assertThat(failure.sqlState()).isEqualTo("57014");
                        assertThat(failure)
                                .hasMessageContaining("5 times in a row")
                                .hasMessageContaining("100 ms in all");
                    });
            assertThat(site.status(1)).isEqualTo(StepStatus.PLANNED);
        }
    }

    @Test
    void theTimeUnderItsLocksIsBoundedAsAWholeNotForEachStatement() {
        Action many = exclusively(
                java.util.Collections.nCopies(50, "SELECT pg_sleep(0.05)").toArray(String[]::new));
        Step slow = step(1, many, new Action.Nothing());
        try (ExecutionSite site = site(slow)) {
            var settings = ExecutionSite.settings().withMaxHold(Duration.ofMillis(200));
            assertThatThrownBy(() -> site.executor(settings).run(site.lease, slow, site.control()))
                    .isInstanceOfSatisfying(StepFailure.class, failure -> assertThat(failure.sqlState())
                            .isEqualTo("57014"));
        }
    }

    @Test
    void anIrreversibleStepIsNotUndone() {
        Step step = step(1, ADD.action(), new Action.Irreversible("the column is gone."));
        try (ExecutionSite site = site(step)) {
            site.executor().run(site.lease, step, site.control());
            assertThatThrownBy(() -> site.executor().undo(site.lease, step, site.control()))
                    .isInstanceOf(StepFailure.class)
                    .hasMessageContaining("no way back")
                    .hasMessageContaining("the column is gone.");
            assertThat(site.status(1)).isEqualTo(StepStatus.DONE);
        }
    }
}
