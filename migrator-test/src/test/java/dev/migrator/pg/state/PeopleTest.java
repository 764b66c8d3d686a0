package dev.migrator.pg.state;

import static dev.migrator.pg.state.StateSite.back;
import static dev.migrator.pg.state.StateSite.migration;
import static dev.migrator.pg.state.StateSite.plan;
import static dev.migrator.pg.state.StateSite.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.engine.Lease;
import dev.migrator.pg.internal.state.PgStore;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PeopleTest {
    private static final String ID = "0007_it's \"100%\" {0} $1 ü";

    private final StateSite site = StateSite.installed();
    private final PgStore store = site.store;

    @AfterEach
    void drop() {
        site.close();
    }

    private Lease started() {
        Lease lease = site.lease(ID);
        store.start(lease, migration(ID), plan(ID, Steps.step(1)));
        return lease;
    }

    @Test
    void anybody_may_ask_for_a_pause_before_and_after_the_start() {
        store.setPaused(ID, false);
        assertThat(store.history(ID)).isEmpty();
        store.setPaused(ID, true);
        store.setPaused(ID, true);
        assertThat(site.storeOn(site.db.dataSource()).isPaused(ID)).isTrue();
        assertThat(store.find(ID)).isEmpty();

        Lease lease = started();
        assertThat(store.isPaused(ID)).isTrue();
        store.setPaused(ID, false);
        assertThat(store.isPaused(ID)).isFalse();
        store.transition(lease, to(Phase.VALIDATE, Status.RUNNING, "phase-started"));
        store.setPaused(ID, true);

        assertThat(site.events(ID))
                .containsExactly("pause-requested", "started", "resumed", "phase-started", "pause-requested");
        assertThat(store.history(ID))
                .extracting(event -> event.phase().name())
                .containsExactly("EXPAND", "EXPAND", "EXPAND", "VALIDATE", "VALIDATE");
    }

    @Test
    void an_approval_counts_for_its_phase_and_definition_until_a_rollback_begins() {
        store.approve(ID, Phase.CONTRACT, "sum", "O'Brien", "looks\ngood");
        Lease lease = started();
        store.approve(ID, Phase.CONTRACT, "another", "B", "");
        store.approve(ID, Phase.PURGE, "sum", "C", "");

        assertThat(store.approvals(ID, Phase.CONTRACT, "sum")).singleElement().satisfies(approval -> {
            assertThat(approval.by()).isEqualTo("O'Brien");
            assertThat(approval.reason()).isEqualTo("looks\ngood");
            assertThat(approval.actor()).isEqualTo(site.db.user());
            assertThat(approval.at()).isEqualTo(store.history(ID).get(0).at());
        });
        assertThat(store.approvals("another", Phase.CONTRACT, "sum")).isEmpty();

        store.transition(lease, back(Phase.VALIDATE, Status.RUNNING, "rollback-started"));
        assertThat(store.approvals(ID, Phase.CONTRACT, "sum")).isEmpty();
        store.approve(ID, Phase.CONTRACT, "sum", "D", "again");
        assertThat(store.approvals(ID, Phase.CONTRACT, "sum"))
                .extracting(approval -> approval.by())
                .containsExactly("D");
    }

    @Test
    void an_approval_that_has_expired_does_not_count() {
        store.approve(ID, Phase.CONTRACT, "sum", "A", "");
        site.db.execute("UPDATE " + site.table("approval") + " SET expires_at = now()");

        assertThat(store.approvals(ID, Phase.CONTRACT, "sum")).isEmpty();
    }

    @Test
    void history_names_the_session_s_own_user_whatever_role_it_plays() throws SQLException {
        String person = site.db.createRole("o'person");
        site.db.executeAsSuperuser("GRANT \"%s\" TO \"%s\"".formatted(site.db.user(), person));
        var source = site.db.dataSource(person);
        source.setProperty("options", "-c role=" + site.db.user());
        site.storeOn(source).setPaused(ID, true);

        assertThat(store.history(ID)).singleElement().satisfies(event -> {
            assertThat(event.actor()).isEqualTo(person);
            assertThat(event.release()).isEqualTo("r1");
        });
    }
}
