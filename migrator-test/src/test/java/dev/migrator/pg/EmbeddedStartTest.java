package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Direction;
import dev.migrator.Gate;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Shape;
import dev.migrator.Status;
import dev.migrator.Uses;
import dev.migrator.engine.Position;
import dev.migrator.engine.StepFailure;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** An application that starts takes migrations as far as their gates allow, and serves when the schema is safe for it. */
class EmbeddedStartTest extends ReleaseSite {
    private static final Duration LONG = Duration.ofMinutes(1);

    private boolean stands(PostgresMigrator migrator, Phase phase, Status status) {
        return migrator.status(NAME.id()).get(0).position().equals(new Position(phase, status, Direction.FORWARD));
    }

    @Test
    void theReleaseThatReadsTheNewShapeBringsItThereAndTheLastOldOneOpensTheGate() {
        PostgresMigrator first = migrator("1.0", NAME);
        try (ApplicationInstance old = first.start(
                StartSettings.of(uses(Uses.OLD)).withAdvanceTo(Phase.BACKFILL).withHelpers(1))) {
            until(() -> stands(first, Phase.BACKFILL, Status.COMPLETE));
            PostgresMigrator second = migrator("2.0", NAME);
            assertThatThrownBy(() -> second.start(StartSettings.of(uses(Uses.NEW))))
                    .isInstanceOf(UnsafeSchemaException.class)
                    .hasMessageContaining("which is not validated: it stands at BACKFILL COMPLETE");
            try (ApplicationInstance modern =
                    second.start(StartSettings.of(uses(Uses.NEW).withWaitFor(LONG)))) {
                assertThat(modern.shape(NAME.id())).isEqualTo(Shape.NEW);
                until(() -> stands(second, Phase.CONTRACT, Status.WAITING));
                assertThat(second.status(NAME.id()).get(0).waiting().get(0).reason())
                        .contains(old.id(), "uses the old");
                old.close();
                until(() -> stands(second, Phase.PURGE, Status.COMPLETE));
            }
        }
    }

    @Test
    void aStartInTheBackgroundSaysForWhatItWaitsAndWhenItIsReady() {
        PostgresMigrator migrator = migrator("2.0", NAME);
        StartSettings patient =
                StartSettings.of(uses(Uses.NEW).withWaitFor(LONG)).withoutAdvancing();
        try (ApplicationStart start = migrator.startInBackground(patient);
                ApplicationStart givenUp = migrator.startInBackground(patient)) {
            until(() -> start.waitsFor()
                    .equals(Optional.of("it uses the new shape of migration 0001_name, which was never started here")));
            assertThat(start.isReady()).isFalse();
            until(() -> givenUp.waitsFor().isPresent());
            givenUp.close();
            assertThatThrownBy(() -> givenUp.instance().join())
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(UnsafeSchemaException.class);
            arrives(migrator, Phase.VALIDATE);
            assertThat(start.instance().join().shape(NAME.id())).isEqualTo(Shape.NEW);
            assertThat(start.isReady()).isTrue();
            start.close();
            assertThat(start.isReady()).isFalse();
        }
        assertThat(migrator.instances()).isEmpty();
    }

    @Test
    void whoMayWaitBearsADatabaseThatDoesNotAnswerForAWhile() {
        arrives(migrator("2.0", NAME), Phase.VALIDATE);
        AtomicBoolean down = new AtomicBoolean(true);
        DataSource flaky = (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getConnection") && down.get()) {
                        throw new SQLException("nobody is there", "08001");
                    }
                    return method.invoke(database.dataSource(), arguments);
                });
        PostgresMigrator migrator = migrator(flaky, "2.0", NAME);
        assertThatThrownBy(() -> migrator.start(StartSettings.of(uses(Uses.NEW))))
                .isInstanceOf(StepFailure.class)
                .hasMessageContaining("nobody is there");
        try (ApplicationStart start =
                migrator.startInBackground(StartSettings.of(uses(Uses.NEW).withWaitFor(LONG)))) {
            until(() -> start.waitsFor()
                    .filter(why -> why.contains("nobody is there"))
                    .isPresent());
            down.set(false);
            until(start::isReady);
        }
    }

    @Test
    void whatPreflightRefusesEndsTheWaitWithItsReason() {
        Migration wrong = Migration.builder(NAME.id())
                .renameColumn("users", "nobody", "full_name")
                .gates(Phase.CONTRACT)
                .build();
        PostgresMigrator migrator = migrator("2.0", wrong);
        assertThatThrownBy(() -> migrator.start(StartSettings.of(uses(Uses.NEW).withWaitFor(LONG))))
                .isInstanceOf(UnsafeSchemaException.class)
                .hasMessageContainingAll("could not be taken further", "nobody");
        // One whose code bears the old shape serves; the failure is in the log and the status.
        try (ApplicationInstance instance = migrator.start(StartSettings.of(uses(Uses.BOTH)))) {
            assertThat(instance.shape(NAME.id())).isEqualTo(Shape.OLD);
        }
    }

    @Test
    void theNewestReleaseLooksWhetherGatesAreOpenAndAnotherOneWhenItIsGone() {
        Migration approved = Migration.builder(NAME.id())
                .renameColumn("users", "name", "full_name")
                .gates(Phase.CONTRACT, new Gate.Sql("SELECT false"))
                .build();
        PostgresMigrator older = migrator("1.9", approved);
        PostgresMigrator newer = migrator("1.10", approved);
        try (ApplicationInstance one = older.start(StartSettings.of(uses(Uses.BOTH)));
                ApplicationInstance two = newer.start(StartSettings.of(uses(Uses.BOTH)))) {
            until(() -> stands(older, Phase.CONTRACT, Status.WAITING));
            assertThat(leads(one)).isFalse();
            assertThat(leads(two)).isTrue();
            two.close();
            assertThat(leads(one)).isTrue();
        }
    }

    private boolean leads(ApplicationInstance instance) {
        return database.queryBoolean("SELECT migrator.leads('database', '" + instance.id() + "')");
    }
}
