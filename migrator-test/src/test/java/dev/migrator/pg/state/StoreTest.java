package dev.migrator.pg.state;

import static dev.migrator.pg.state.StateSite.back;
import static dev.migrator.pg.state.StateSite.migration;
import static dev.migrator.pg.state.StateSite.plan;
import static dev.migrator.pg.state.StateSite.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.migrator.Direction;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.Lease;
import dev.migrator.engine.MigrationState;
import dev.migrator.engine.Position;
import dev.migrator.engine.StepFailure;
import dev.migrator.engine.Transition;
import dev.migrator.engine.Waiting;
import dev.migrator.pg.internal.state.PgStore;
import dev.migrator.test.TcpProxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StoreTest {
    private static final String ID = "0007_it's \"100%\" {0} $1 ü";

    private final StateSite site = StateSite.installed();
    private final PgStore store = site.store;

    @AfterEach
    void drop() {
        site.close();
    }

    private MigrationState state() {
        return store.find(ID).orElseThrow();
    }

    private Lease started() {
        Lease lease = site.lease(ID);
        store.start(lease, migration(ID), plan(ID, Steps.step(1), Steps.step(2)));
        return lease;
    }

    @Test
    void a_start_records_definition_plan_and_history_at_once() {
        Migration migration = migration(ID);
        started();

        MigrationState state = state();
        assertThat(state.position()).isEqualTo(new Position(Phase.EXPAND, Status.RUNNING, Direction.FORWARD));
        assertThat(state.id()).isEqualTo(ID);
        assertThat(state.checksum()).isEqualTo(migration.checksum());
        assertThat(state.definition()).isEqualTo(migration.definition());
        assertThat(state.fingerprint()).containsExactly("column users.name text");
        assertThat(state.error()).isEmpty();
        assertThat(state.waiting()).isEmpty();
        assertThat(state.rollbackTo()).isEmpty();
        assertThat(state.updatedAt()).isEqualTo(state.phaseCompletedAt()).isBeforeOrEqualTo(store.now());
        assertThat(store.steps(ID)).extracting(step -> step.step()).containsExactly(Steps.step(1), Steps.step(2));
        assertThat(site.events(ID)).containsExactly("started");
        assertThat(site.db.queryRows("SELECT resolved_schema, irreversible FROM " + site.table("migration")))
                .containsExactly(List.of("public", "<null>"));
    }

    @Test
    void all_started_migrations_are_found_by_id() {
        for (String id : List.of("b", "B", "ä", "a", "_")) {
            store.start(site.lease(id), migration(id), plan(id));
        }
        assertThat(store.all()).extracting(MigrationState::id).containsExactly("B", "_", "a", "b", "ä");
        assertThat(new PgStore(site.db.dataSource(), site.schema, "another database", "").all())
                .isEmpty();
    }

    @Test
    void what_is_under_way_can_not_be_started_again() {
        Lease lease = started();
        List<List<String>> steps = site.traces("step");

        assertThat(catchThrowableOfType(
                        StepFailure.class, () -> store.start(lease, migration(ID), plan(ID, Steps.step(1)))))
                .hasMessageContaining("is under way or finished already")
                .extracting(StepFailure::errorClass)
                .isEqualTo(ErrorClass.PERMANENT);
        assertThat(site.traces("step")).isEqualTo(steps);
        assertThat(site.events(ID)).containsExactly("started");
    }

    @Test
    void what_was_rolled_back_is_started_with_a_new_plan_and_keeps_history_and_token() {
        Lease lease = started();
        site.commit(site.sql.fence(lease), site.sql.stepDone(lease, 1));
        site.db.execute(
                "INSERT INTO %s (target, migration, ordinal, row_key, tid, sqlstate, message) SELECT target, migration, 1, 'k', '(0,1)', '22P02', 'm' FROM %s"
                        .formatted(site.table("failed_row"), site.table("migration")),
                "INSERT INTO %s (target, migration, ordinal, chunk, relation, filenode, from_block, to_block, next_block) SELECT target, migration, 1, 1, 1, 1, 0, 9, 0 FROM %s"
                        .formatted(site.table("backfill_chunk"), site.table("migration")));
        store.transition(
                lease, back(Phase.EXPAND, Status.RUNNING, "rollback-started").withError("e"));
        store.transition(
                lease, back(Phase.EXPAND, Status.PENDING, "rolled-back").rollingBackTo(Optional.of(Phase.EXPAND)));

        store.start(lease, migration(ID), plan(ID, Steps.step(1, List.of(Steps.artifact("a")), List.of())));

        assertThat(state().position()).isEqualTo(new Position(Phase.EXPAND, Status.RUNNING, Direction.FORWARD));
        assertThat(state().rollbackTo()).isEmpty();
        assertThat(store.steps(ID)).extracting(step -> step.status().name()).containsExactly("PLANNED");
        assertThat(site.db.queryLong("SELECT count(*) FROM " + site.table("failed_row")))
                .isZero();
        assertThat(site.db.queryLong("SELECT count(*) FROM " + site.table("backfill_chunk")))
                .isZero();
        assertThat(site.db.queryStrings("SELECT name FROM " + site.table("artifact")))
                .containsExactly("a");
        assertThat(site.events(ID)).containsExactly("started", "rollback-started", "rolled-back", "started");
        store.release(lease);
        assertThat(site.lease(ID).token()).isEqualTo(lease.token() + 1);
    }

    @Test
    void a_transition_shows_what_it_says_and_nothing_older() {
        Lease lease = started();
        MigrationState before = state();
        store.transition(
                lease,
                new Transition(
                        new Position(Phase.BACKFILL, Status.WAITING, Direction.ROLLING_BACK),
                        Optional.of(Phase.EXPAND),
                        Optional.of("an 'error'\n\\"),
                        List.of(new Waiting("soak", "it's"), new Waiting("sql", "{\"a,b\"}")),
                        false,
                        Optional.empty(),
                        "failed",
                        "why"));

        MigrationState state = state();
        assertThat(state.position()).hasToString("BACKFILL WAITING (rolling back)");
        assertThat(state.rollbackTo()).contains(Phase.EXPAND);
        assertThat(state.error()).contains("an 'error'\n\\");
        assertThat(state.waiting()).containsExactly(new Waiting("soak", "it's"), new Waiting("sql", "{\"a,b\"}"));
        assertThat(state.fingerprint()).isEqualTo(before.fingerprint());
        assertThat(state.phaseCompletedAt()).isEqualTo(before.phaseCompletedAt());
        assertThat(state.updatedAt()).isAfter(before.updatedAt());

        store.transition(
                lease, to(Phase.BACKFILL, Status.COMPLETE, "phase-complete").completingPhase(List.of("new", "")));
        assertThat(state().rollbackTo()).isEmpty();
        assertThat(state().error()).isEmpty();
        assertThat(state().waiting()).isEmpty();
        assertThat(state().fingerprint()).containsExactly("new", "");
        assertThat(state().phaseCompletedAt()).isAfter(before.phaseCompletedAt());
        assertThat(store.history(ID).get(1))
                .satisfies(event -> assertThat(event.phase()).isEqualTo(Phase.BACKFILL))
                .satisfies(event -> assertThat(event.event()).isEqualTo("failed"))
                .satisfies(event -> assertThat(event.detail()).isEqualTo("why"));
    }

    @Test
    void a_transition_of_what_was_never_started_leaves_no_history() {
        Lease lease = site.lease(ID);
        assertThat(catchThrowableOfType(
                        StepFailure.class, () -> store.transition(lease, to(Phase.EXPAND, Status.RUNNING, "x"))))
                .hasMessageContaining("there is a record of migration");
        assertThat(store.history(ID)).isEmpty();
    }

    @Test
    void a_transition_whose_answer_was_lost_is_found_once_the_lease_is_settled() {
        Lease lease = started();
        try (TcpProxy proxy = TcpProxy.inFrontOf(site.db.server())) {
            PgStore far = site.storeOn(site.db.dataSource(proxy));
            proxy.dropAnswerOf("COMMIT", 1);
            assertThat(catchThrowableOfType(
                            StepFailure.class,
                            () -> far.transition(lease, to(Phase.EXPAND, Status.COMPLETE, "phase-complete"))))
                    .hasMessageContaining("recording phase-complete")
                    .extracting(StepFailure::errorClass)
                    .isEqualTo(ErrorClass.UNKNOWN);
            assertThat(far.settle(lease, StateSite.LONG).token()).isEqualTo(lease.token() + 1);
        }
        assertThat(state().status()).isEqualTo(Status.COMPLETE);
        assertThat(site.events(ID)).containsExactly("started", "phase-complete");
    }

    @Test
    void what_a_newer_release_recorded_and_this_one_can_not_read_is_said_to_be_so() {
        started();
        site.db.execute("UPDATE %s SET action_kind = 'TELEPORT' WHERE ordinal = 2".formatted(site.table("step")));

        assertThat(catchThrowableOfType(StepFailure.class, () -> store.steps(ID)))
                .hasMessageContaining(ID)
                .hasMessageContaining("an action TELEPORT")
                .hasMessageContaining("use the release that recorded it, or a newer one")
                .extracting(StepFailure::errorClass)
                .isEqualTo(ErrorClass.PERMANENT);
    }

    @Test
    void a_session_that_distrusts_its_own_search_path_is_served() {
        PgStore other = site.storeOn(site.db.dataSource(Map.of("options", "-c search_path=")));
        Lease lease = other.acquire(ID, "o", StateSite.LONG).orElseThrow();
        other.start(lease, migration(ID), plan(ID, Steps.step(1)));
        other.approve(ID, Phase.EXPAND, "sum", "A", "");

        assertThat(other.steps(ID)).hasSize(1);
        assertThat(other.firstBreakOfHistory(ID)).isEmpty();
    }

    @Test
    void a_user_without_rights_is_told_which_ones_to_ask_for() {
        started();
        String reader = site.db.createRole("reader");
        PgStore other = site.storeOn(site.db.dataSource(reader));

        assertThat(catchThrowableOfType(StepFailure.class, other::all))
                .hasMessageContaining("permission denied for schema migrator")
                .hasMessageContaining("GRANT USAGE ON SCHEMA \"migrator\"")
                .extracting(StepFailure::errorClass)
                .isEqualTo(ErrorClass.PERMANENT);
        site.db.execute(
                "GRANT USAGE ON SCHEMA migrator TO \"%s\"".formatted(reader),
                "GRANT SELECT ON ALL TABLES IN SCHEMA migrator TO \"%s\"".formatted(reader));
        assertThat(other.all()).hasSize(1);
        assertThat(other.steps(ID)).hasSize(2);
        assertThat(other.history(ID)).hasSize(1);
        assertThat(catchThrowableOfType(StepFailure.class, () -> other.setPaused(ID, true)))
                .hasMessageContaining("asking it to pause");
        assertThat(store.isPaused(ID)).isFalse();
    }

    @Test
    void a_server_that_can_not_be_reached_is_worth_another_try() {
        var source = site.db.dataSource();
        source.setPortNumbers(new int[] {1});

        assertThat(catchThrowableOfType(
                        StepFailure.class, () -> site.storeOn(source).isPaused(ID)))
                .extracting(StepFailure::errorClass)
                .isEqualTo(ErrorClass.TRANSIENT);
    }
}
