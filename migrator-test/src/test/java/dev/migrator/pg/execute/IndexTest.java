package dev.migrator.pg.execute;

import static dev.migrator.pg.execute.ExecutionSite.USERS;
import static dev.migrator.pg.execute.ExecutionSite.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Identifier;
import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.PausedException;
import dev.migrator.engine.StepFailure;
import dev.migrator.engine.StepStatus;
import dev.migrator.plan.Action;
import dev.migrator.plan.Step;
import dev.migrator.test.BackgroundSession;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class IndexTest {
    static final Identifier NAME = Identifier.of("users name \"u\"");
    static final Step BUILD = step(
            1,
            new Action.BuildIndex(USERS, NAME, true, "USING btree (name) INCLUDE (id)"),
            new Action.DropIndex(USERS, NAME));

    static ExecutionSite site() {
        ExecutionSite site = ExecutionSite.of(BUILD);
        site.db.execute(
                "CREATE TABLE users (id int PRIMARY KEY, name text)",
                "INSERT INTO users SELECT g, 'n' || g FROM generate_series(1, 1000) AS g");
        return site;
    }

    static List<String> indexes(ExecutionSite site) {
        return site.db.queryStrings(
                "SELECT indexrelid::regclass || CASE WHEN indisvalid THEN '' ELSE ' (invalid)' END FROM pg_index"
                        + " WHERE indrelid = 'users'::regclass AND NOT indisprimary ORDER BY 1");
    }

    static List<String> unfinishedArtifacts(ExecutionSite site) {
        return site.db.queryStrings("SELECT name FROM migrator.artifact WHERE removed_at IS NULL");
    }

    @Test
    void itIsBuiltAndPublishedUnderItsName() {
        try (ExecutionSite site = site()) {
            site.executor().run(site.lease, BUILD, site.control());

            assertThat(indexes(site)).containsExactly(NAME.quoted());
            assertThat(site.status(1)).isEqualTo(StepStatus.DONE);
            assertThat(site.state(1).attempts()).isEqualTo(1);
            assertThat(unfinishedArtifacts(site)).isEmpty();
        }
    }

    @Test
    void writersAreNotHeldUpByTheBuild() {
        try (ExecutionSite site = site();
                Application application = new Application(
                        site.db, 2, n -> "INSERT INTO users VALUES (" + (2000 + n) + ", 'm" + n + "')")) {
            site.executor().run(site.lease, BUILD, site.control());
            application.close();
            assertThat(application.failures()).isEmpty();
            assertThat(indexes(site)).containsExactly(NAME.quoted());
        }
    }

    @Test
    void itsUndoDropsItAndCanBeRepeated() {
        try (ExecutionSite site = site()) {
            site.executor().run(site.lease, BUILD, site.control());
            site.executor().undo(site.lease, BUILD, site.control());
            site.executor().undo(site.lease, BUILD, site.control());

            assertThat(indexes(site)).isEmpty();
            assertThat(site.status(1)).isEqualTo(StepStatus.PLANNED);
            assertThat(unfinishedArtifacts(site)).isEmpty();
        }
    }

    @Test
    void duplicatesAreReportedAndNothingIsLeft() {
        try (ExecutionSite site = site()) {
            site.db.execute("UPDATE users SET name = 'same' WHERE id < 3");
            assertThatThrownBy(() -> site.executor().run(site.lease, BUILD, site.control()))
                    .isInstanceOfSatisfying(StepFailure.class, failure -> {
                        assertThat(failure.errorClass()).isEqualTo(ErrorClass.PERMANENT);
                        assertThat(failure)
                                .hasMessageContaining("Key (name)=(same) is duplicated")
                                .hasMessageContaining("Mend these rows");
                    });
            assertThat(indexes(site)).isEmpty();

            site.db.execute("UPDATE users SET name = 'other' WHERE id = 1");
            site.executor().run(site.lease, BUILD, site.control());
            assertThat(indexes(site)).containsExactly(NAME.quoted());
        }
    }

    @Test
    void anIndexOfThatNameThatIsNotOursIsNeitherTakenNorDropped() {
        try (ExecutionSite site = site()) {
            site.db.execute("CREATE INDEX " + NAME.quoted() + " ON users (name)");
            assertThatThrownBy(() -> site.executor().run(site.lease, BUILD, site.control()))
                    .isInstanceOf(StepFailure.class)
                    .hasMessageContaining("which this step has not made");
            site.executor().undo(site.lease, BUILD, site.control());

            assertThat(indexes(site)).containsExactly(NAME.quoted());
            assertThat(site.status(1)).isEqualTo(StepStatus.PLANNED);
        }
    }

    @Test
    void aPauseCancelsTheBuildAndLeavesNothing() {
        try (ExecutionSite site = site();
                BackgroundSession old = BackgroundSession.holding(
                        site.db, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM pg_class")) {
            var run = CompletableFuture.runAsync(() -> site.executor().run(site.lease, BUILD, site.control()));
            old.awaitBlocking();
            site.store.setPaused(ExecutionSite.ID, true);
            assertThatThrownBy(run::join).hasCauseInstanceOf(PausedException.class);
            assertThat(indexes(site)).isEmpty();

            site.store.setPaused(ExecutionSite.ID, false);
            old.close();
            site.executor().run(site.lease, BUILD, site.control());
            assertThat(indexes(site)).containsExactly(NAME.quoted());
        }
    }

    @Test
    void anOldIndexIsDroppedForwardAndRebuiltOnTheWayBack() {
        Identifier old = Identifier.of("users_old");
        Step drop = step(
                1, new Action.DropIndex(USERS, old), new Action.BuildIndex(USERS, old, false, "USING btree (name)"));
        try (ExecutionSite site = ExecutionSite.of(drop)) {
            site.db.execute(
                    "CREATE TABLE users (id int PRIMARY KEY, name text)", "CREATE INDEX users_old ON users (name)");
            site.executor().run(site.lease, drop, site.control());
            assertThat(indexes(site)).isEmpty();

            site.executor().undo(site.lease, drop, site.control());
            assertThat(indexes(site)).containsExactly("users_old");
            assertThat(site.status(1)).isEqualTo(StepStatus.PLANNED);
        }
    }

    @Test
    void anIndexUnderAConstraintIsNotDropped() {
        Step drop = step(1, new Action.DropIndex(USERS, Identifier.of("users_pkey")), new Action.Nothing());
        try (ExecutionSite site = ExecutionSite.of(drop)) {
            site.db.execute("CREATE TABLE users (id int PRIMARY KEY, name text)");
            assertThatThrownBy(() -> site.executor().run(site.lease, drop, site.control()))
                    .isInstanceOf(StepFailure.class)
                    .hasMessageContaining("a constraint stands on it");
            assertThat(site.db.queryLong("SELECT count(*) FROM pg_constraint WHERE conname = 'users_pkey'"))
                    .isEqualTo(1);
        }
    }
}
