package dev.migrator.pg.state;

import static dev.migrator.pg.state.StateSite.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.Lease;
import dev.migrator.engine.LeaseHolder;
import dev.migrator.engine.LeaseLostException;
import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.state.PgStore;
import dev.migrator.test.BackgroundSession;
import dev.migrator.test.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaseTest {
    private static final String ID = "0007_it's \"100%\" {0}\nü";

    private final StateSite site = StateSite.installed();
    private final PgStore store = site.store;

    @AfterEach
    void drop() {
        site.close();
    }

    private Optional<Lease> second() {
        return store.acquire(ID, "host/2/b", LONG);
    }

    @Test
    void whoever_comes_second_gets_nothing_and_writes_nothing() {
        Lease lease = site.lease(ID);
        List<List<String>> leases = site.traces("lease");
        List<List<String>> controls = site.traces("control");

        assertThat(lease).isEqualTo(new Lease(ID, 1, "host/1/a"));
        assertThat(second()).isEmpty();
        assertThat(site.traces("lease")).isEqualTo(leases);
        assertThat(site.traces("control")).isEqualTo(controls);
        assertThat(store.holder(ID)).map(LeaseHolder::owner).contains("host/1/a");
        assertThat(store.holder(ID).orElseThrow().expires()).isAfter(store.now());
    }

    @Test
    void a_lease_that_was_given_back_can_be_taken_with_a_higher_token() {
        Lease lease = site.lease(ID);
        store.release(lease);

        assertThat(store.holder(ID)).isEmpty();
        assertThat(second()).map(Lease::token).contains(2L);
        assertThat(store.holder(ID)).map(LeaseHolder::owner).contains("host/2/b");
    }

    @Test
    void a_lease_whose_time_has_run_out_is_good_until_somebody_takes_it() {
        Lease lease = store.acquire(ID, "host/1/a", Duration.ZERO).orElseThrow();
        assertThat(store.holder(ID)).isEmpty();
        assertThat(store.renew(lease, LONG)).isTrue();
        assertThat(second()).isEmpty();

        assertThat(store.renew(lease, Duration.ZERO)).isTrue();
        assertThat(second()).isPresent();
        assertThat(store.renew(lease, LONG)).isFalse();
    }

    @Test
    void of_many_that_race_for_a_lease_exactly_one_wins() throws Exception {
        int racers = 6;
        ExecutorService pool = Executors.newFixedThreadPool(racers);
        try {
            for (int round = 1; round <= 20; round++) {
                CyclicBarrier start = new CyclicBarrier(racers);
                List<Future<Optional<Lease>>> answers = new ArrayList<>();
                for (int i = 0; i < racers; i++) {
                    String owner = "host/" + i + "/x";
                    answers.add(pool.submit(() -> {
                        start.await();
                        return site.storeOn(site.db.dataSource()).acquire(ID, owner, LONG);
                    }));
                }
                List<Lease> winners = new ArrayList<>();
                for (Future<Optional<Lease>> answer : answers) {
                    answer.get().ifPresent(winners::add);
                }

                assertThat(winners).extracting(Lease::token).containsExactly((long) round);
                assertThat(store.holder(ID))
                        .map(LeaseHolder::owner)
                        .contains(winners.get(0).owner());
                store.release(winners.get(0));
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void nobody_takes_over_while_a_step_of_the_old_token_is_under_way() {
        Lease lease = store.acquire(ID, "host/1/a", Duration.ZERO).orElseThrow();
        try (BackgroundSession step = BackgroundSession.holding(site.db, "BEGIN;" + site.sql.fence(lease))) {
            assertThat(second()).isEmpty();
            step.execute("COMMIT");
        }
        assertThat(second()).map(Lease::token).contains(2L);
    }

    @Test
    void a_step_under_way_does_not_starve_renewal_pause_and_release() {
        Lease lease = site.lease(ID);
        try (BackgroundSession step = BackgroundSession.holding(site.db, "BEGIN;" + site.sql.fence(lease))) {
            assertThat(store.renew(lease, LONG)).isTrue();
            store.setPaused(ID, true);
            assertThat(store.isPaused(ID)).isTrue();
            store.release(lease);
            assertThat(step.pid()).isPositive();
        }
        assertThat(store.holder(ID)).isEmpty();
    }

    @Test
    void a_holder_that_renews_in_time_is_not_taken_over_by_one_that_waited_for_its_step() {
        Lease lease = store.acquire(ID, "host/1/a", Duration.ZERO).orElseThrow();
        try (BackgroundSession step = BackgroundSession.holding(site.db, "BEGIN;" + site.sql.fence(lease));
                BackgroundSession taker = BackgroundSession.holding(site.db, "BEGIN")) {
            CompletableFuture<Void> taking = taker.start("SELECT %s('%s', %s, 'host/2/b', interval '1 hour')"
                    .formatted(site.table("take_lease"), site.db.name(), quoted(ID)));
            taker.awaitBlocked();
            assertThat(store.renew(lease, LONG)).isTrue();
            step.execute("COMMIT");
            taking.join();
            taker.execute("COMMIT");
        }
        assertThat(store.holder(ID)).map(LeaseHolder::owner).contains("host/1/a");
        assertThat(store.settle(lease, LONG).token()).isEqualTo(2);
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    @Test
    void settling_waits_until_no_transaction_of_the_old_token_is_under_way() {
        Lease lease = site.lease(ID);
        CompletableFuture<Lease> settled;
        try (BackgroundSession step = BackgroundSession.holding(site.db, "BEGIN;" + site.sql.fence(lease))) {
            settled = CompletableFuture.supplyAsync(() -> store.settle(lease, LONG));
            while (!isInTheWay(step.pid())) {
                assertThat(settled).isNotDone();
            }
            step.execute("COMMIT");
        }
        assertThat(settled.join()).isEqualTo(new Lease(ID, 2, "host/1/a"));
        assertThat(SqlStates.of(() -> site.commit(site.sql.fence(lease)))).isEqualTo("MG001");
        site.commit(site.sql.fence(settled.join()));
    }

    private boolean isInTheWay(int pid) {
        return site.db.queryBoolean(
                "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE ? = ANY (pg_blocking_pids(pid)))", pid);
    }

    @Test
    void settling_gives_up_for_now_when_the_old_transaction_does_not_end() {
        Lease lease = site.lease(ID);
        try (BackgroundSession step = BackgroundSession.holding(site.db, "BEGIN;" + site.sql.fence(lease))) {
            assertThat(step.pid()).isPositive();
            assertThat(catchThrowableOfType(StepFailure.class, () -> store.settle(lease, LONG)))
                    .hasMessageContaining(ID)
                    .hasMessageContaining("a transaction of that token is still under way after 5 waits")
                    .extracting(StepFailure::errorClass)
                    .isEqualTo(ErrorClass.TRANSIENT);
        }
        assertThat(store.settle(lease, LONG).token()).isEqualTo(2);
    }

    @Test
    void settling_may_be_asked_again_when_its_own_answer_was_lost() {
        Lease lease = site.lease(ID);
        try (TcpProxy proxy = TcpProxy.inFrontOf(site.db.server())) {
            PgStore far = site.storeOn(site.db.dataSource(proxy));
            proxy.dropAnswerOf("COMMIT", 1);
            assertThat(catchThrowableOfType(StepFailure.class, () -> far.settle(lease, LONG)))
                    .extracting(StepFailure::errorClass)
                    .isEqualTo(ErrorClass.TRANSIENT);
            assertThat(proxy.fired()).isTrue();
            assertThat(tokens()).containsExactly("2");

            assertThat(far.settle(lease, LONG)).isEqualTo(new Lease(ID, 2, "host/1/a"));
        }
        assertThat(tokens()).containsExactly("2");
    }

    private List<String> tokens() {
        return site.db.queryStrings("SELECT token FROM " + site.table("lease"));
    }

    @Test
    void a_holder_that_was_taken_over_can_change_nothing() {
        Lease zombie = site.lease(ID);
        store.start(zombie, StateSite.migration("m"), StateSite.plan("m", Steps.step(1)));
        store.renew(zombie, Duration.ZERO);
        Lease lease = second().orElseThrow();
        List<List<List<String>>> before = everything();

        assertThat(store.renew(zombie, LONG)).isFalse();
        store.release(zombie);
        assertThatThrownBy(() -> store.settle(zombie, LONG))
                .isInstanceOf(LeaseLostException.class)
                .hasMessageContaining("token 1");
        assertThatThrownBy(
                        () -> store.transition(zombie, StateSite.to(Phase.EXPAND, Status.COMPLETE, "phase-complete")))
                .isInstanceOf(LeaseLostException.class);
        assertThatThrownBy(() -> store.start(zombie, StateSite.migration("m"), StateSite.plan("m")))
                .isInstanceOf(LeaseLostException.class);
        assertThat(SqlStates.of(() -> site.commit(site.sql.fence(zombie), site.sql.stepDone(zombie, 1))))
                .isEqualTo("MG001");
        assertThat(everything()).isEqualTo(before);
        assertThat(store.renew(lease, LONG)).isTrue();
    }

    private List<List<List<String>>> everything() {
        return List.of(
                site.db.queryRows("SELECT ctid, * FROM " + site.table("lease")),
                site.db.queryRows("SELECT ctid, * FROM " + site.table("control")),
                site.traces("migration"),
                site.traces("step"),
                site.traces("phase_event"));
    }

    @Test
    void a_lost_answer_of_one_holder_is_no_help_to_another_of_the_same_name() {
        Lease first = site.lease(ID);
        Lease settled = store.settle(first, Duration.ZERO);
        Lease other = site.lease(ID);

        assertThatThrownBy(() -> store.settle(first, LONG)).isInstanceOf(LeaseLostException.class);
        assertThatThrownBy(() -> store.settle(settled, LONG)).isInstanceOf(LeaseLostException.class);
        assertThat(store.settle(other, LONG).token()).isEqualTo(4);
    }

    @Test
    void a_session_that_is_set_to_another_isolation_and_to_no_durability_gets_its_lease_all_the_same() {
        var source = site.db.dataSource(
                Map.of("options", "-c default_transaction_isolation=serializable -c synchronous_commit=off"));
        PgStore other = site.storeOn(source);
        Lease lease = other.acquire(ID, "host/1/a", LONG).orElseThrow();

        assertThat(other.renew(lease, LONG)).isTrue();
        assertThat(other.settle(lease, LONG).token()).isEqualTo(2);
    }
}
