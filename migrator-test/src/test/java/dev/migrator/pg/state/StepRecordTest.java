package dev.migrator.pg.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.engine.StepState;
import dev.migrator.engine.StepStatus;
import dev.migrator.pg.internal.state.PgStore;
import dev.migrator.plan.Action;
import dev.migrator.plan.Step;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StepRecordTest {
    private final long seed = new Random().nextLong();
    private final Steps steps = new Steps(seed);
    private final StateSite site = StateSite.installed();

    @AfterEach
    void drop() {
        site.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "extendedForPrepared", "simple"})
    void every_kind_of_action_comes_back_as_it_was_recorded(String queryMode) {
        recordsAndReads(site.storeOn(site.db.dataSource(Map.of("preferQueryMode", queryMode))));
    }

    @Test
    void every_kind_of_action_comes_back_whatever_backslashes_mean_to_the_server() {
        recordsAndReads(site.storeOn(site.db.dataSource(Map.of("options", "-c standard_conforming_strings=off"))));
    }

    private void recordsAndReads(PgStore store) {
        for (int round = 0; round < 10; round++) {
            String id = "m" + round + steps.text();
            List<Step> planned = hostilePlan();
            store.start(
                    store.acquire(id, "o" + steps.text(), StateSite.LONG).orElseThrow(),
                    StateSite.migration("any"),
                    StateSite.plan(id, planned.toArray(Step[]::new)));

            assertThat(store.steps(id))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(planned.stream()
                            .map(step -> new StepState(step, StepStatus.PLANNED, 0))
                            .toList());
        }
    }

    private List<Step> hostilePlan() {
        List<Action> undos = new ArrayList<>(steps.actions());
        Collections.shuffle(undos, new Random(seed));
        List<Step> plan = new ArrayList<>();
        for (Action action : steps.actions()) {
            plan.add(steps.hostile(plan.size() + 1, action, undos.get(plan.size())));
        }
        return plan;
    }

    @Test
    void a_step_is_done_once_and_undone_once_with_what_it_makes_and_removes() {
        String id = "m";
        Step first = Steps.step(1, List.of(Steps.artifact("a"), Steps.artifact("b")), List.of());
        Step second = Steps.step(2, List.of(Steps.artifact("c")), List.of(Steps.artifact("b"), Steps.artifact("old")));
        var lease = site.lease(id);
        site.store.start(lease, StateSite.migration(id), StateSite.plan(id, first, second));
        assertThat(present()).isEmpty();
        assertThat(gone()).isEmpty();

        site.commit(site.sql.fence(lease), site.sql.stepDone(lease, 1));
        assertThat(present()).containsExactly("a", "b");
        assertThat(fails(site.sql.stepDone(lease, 1))).isEqualTo("MG002");

        site.commit(site.sql.fence(lease), site.sql.stepBegun(lease, 2));
        assertThat(statuses()).containsExactly("DONE", "RUNNING");
        site.commit(site.sql.fence(lease), site.sql.stepDone(lease, 2));
        assertThat(present()).containsExactly("a", "c");
        assertThat(gone()).containsExactly("b", "old");
        assertThat(fails(site.sql.stepBegun(lease, 2))).isEqualTo("MG002");
        assertThat(site.store.steps(id)).extracting(StepState::attempts).containsExactly(1, 1);

        site.commit(site.sql.fence(lease), site.sql.stepUndone(lease, 2));
        assertThat(present()).containsExactly("a", "b");
        assertThat(gone()).containsExactly("c");
        assertThat(fails(site.sql.stepUndone(lease, 2))).isEqualTo("MG002");
        assertThat(fails(site.sql.stepDone(lease, 3))).isEqualTo("P0002");
        assertThat(statuses()).containsExactly("DONE", "PLANNED");
        assertThat(site.store.steps(id)).extracting(StepState::attempts).containsExactly(1, 2);
    }

    private String fails(String statement) {
        return SqlStates.of(() -> site.commit(statement));
    }

    private List<String> statuses() {
        return site.store.steps("m").stream()
                .map(state -> state.status().name())
                .toList();
    }

    private List<String> present() {
        return artifacts("made_at IS NOT NULL AND removed_at IS NULL");
    }

    private List<String> gone() {
        return artifacts("removed_at IS NOT NULL");
    }

    private List<String> artifacts(String condition) {
        return site.db.queryStrings(
                "SELECT name FROM " + site.table("artifact") + " WHERE " + condition + " ORDER BY number");
    }
}
