package dev.migrator.pg.execute;

import static dev.migrator.pg.execute.ExecutionSite.USERS;
import static dev.migrator.pg.execute.ExecutionSite.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Identifier;
import dev.migrator.engine.LeaseLostException;
import dev.migrator.engine.StepStatus;
import dev.migrator.plan.Action;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.Step;
import dev.migrator.plan.TableLock;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An engine that lost its lease can change nothing, whatever it does next. */
class ZombieTest {

    static Stream<Named<Action>> kinds() {
        return Stream.of(
                        ExecutionSite.exclusively("UPDATE public.users SET name = 'zombie'"),
                        new Action.Scan(
                                List.of(new TableLock(USERS, LockMode.SHARE_UPDATE_EXCLUSIVE)),
                                List.of("UPDATE public.users SET name = 'zombie'")),
                        new Action.BuildIndex(USERS, Identifier.of("zombie"), false, "(name)"),
                        new Action.DropIndex(USERS, Identifier.of("kept")),
                        new Action.Backfill(USERS, "name = 'zombie', pending = false", "pending"),
                        new Action.Compare(USERS, List.of(), List.of(new Action.Violation("none", "false"))),
                        new Action.Script(List.of("UPDATE public.users SET name = 'zombie'")),
                        new Action.Nothing())
                .map(action -> Named.of(action.getClass().getSimpleName(), action));
    }

    private static ExecutionSite site(Step step) {
        ExecutionSite site = ExecutionSite.of(step);
        site.db.execute(
                "CREATE TABLE users (id int, name text, pending boolean DEFAULT true)",
                "CREATE INDEX kept ON users (name)",
                "INSERT INTO users VALUES (1, 'Ann')");
        return site;
    }

    private static void assertUntouched(ExecutionSite site) {
        assertThat(site.db.queryStrings("SELECT name FROM users WHERE pending")).containsExactly("Ann");
        assertThat(site.db.queryStrings("SELECT indexrelid::regclass FROM pg_index WHERE indrelid = 'users'::regclass"))
                .containsExactly("kept");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void itCanNotRunAStep(Action action) {
        Step step = step(1, action, new Action.Nothing());
        try (ExecutionSite site = site(step)) {
            var zombie = site.takeOver();
            assertThatThrownBy(() -> site.executor().run(zombie, step, site.control()))
                    .isInstanceOf(LeaseLostException.class);
            assertUntouched(site);
            assertThat(site.status(1)).isEqualTo(StepStatus.PLANNED);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void itCanNotUndoAStep(Action action) {
        Step step = step(1, new Action.Nothing(), action);
        try (ExecutionSite site = site(step)) {
            site.executor().run(site.lease, step, site.control());
            var zombie = site.takeOver();
            assertThatThrownBy(() -> site.executor().undo(zombie, step, site.control()))
                    .isInstanceOf(LeaseLostException.class);
            assertUntouched(site);
            assertThat(site.status(1)).isEqualTo(StepStatus.DONE);
        }
    }
}
