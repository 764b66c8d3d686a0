package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Direction;
import dev.migrator.Gate;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.Uses;
import dev.migrator.engine.Event;
import dev.migrator.engine.Outcome;
import dev.migrator.engine.Position;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Statements of the application that name a column after CONTRACT are told of, and may take the migration back. */
class RetiredUseTest extends ReleaseSite {
    private static final Migration QUICK_TO_CONTRACT = Migration.builder(NAME.id())
            .renameColumn("users", "name", "full_name")
            .gates(Phase.CONTRACT)
            .build();

    @Test
    void whoNamesWhatIsRetiredStandsInTheStatusAndTheMigrationGoesBackIfAsked() throws Exception {
        PostgresMigrator migrator = migrator("2.0", QUICK_TO_CONTRACT);
        arrives(migrator, Phase.CONTRACT);
        try (ApplicationInstance instance = migrator("1.9", QUICK_TO_CONTRACT).register(uses(Uses.NEW));
                Connection connection = instance.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> statement.executeQuery("SELECT u.name FROM users u"))
                        .hasMessageContaining("u.name does not exist");
            }
            assertThatThrownBy(() -> statement.executeQuery("SELECT surname FROM users"))
                    .hasMessageContaining("does not exist");
            until(() -> migrator.status(NAME.id()).get(0).retiredUses().stream().anyMatch(use -> use.times() == 3));
            assertThat(migrator.status(NAME.id()).get(0).retiredUses())
                    .singleElement()
                    .satisfies(use -> {
                        assertThat(use.release()).isEqualTo("1.9");
                        assertThat(use.instance()).isEqualTo(instance.id());
                        assertThat(use.message()).contains("u.name");
                    });
            assertThat(migrator.history(NAME.id()))
                    .extracting(Event::event)
                    .filteredOn("retired-use"::equals)
                    .hasSize(1);
        }
        try (ApplicationInstance watching = migrator.start(
                StartSettings.of(uses(Uses.BOTH)).withAdvanceTo(Phase.CONTRACT).withWayBackWhenRetiredIsUsed())) {
            until(() -> stands(migrator, Phase.VALIDATE, Direction.ROLLING_BACK));
            assertThat(watching.isLive()).isTrue();
            assertThat(migrator.status(NAME.id()).get(0).retiredUses()).isEmpty();
        }
        arrives(migrator, Phase.CONTRACT);
        assertThat(stands(migrator, Phase.CONTRACT, Direction.FORWARD)).isTrue();
    }

    @Test
    void withoutTheExtensionTheGateGoesByWhatInstancesCount() throws Exception {
        Migration unused = Migration.builder(NAME.id())
                .renameColumn("users", "name", "full_name")
                .gates(Phase.CONTRACT, new Gate.NoUse(Duration.ofSeconds(1)))
                .build();
        PostgresMigrator migrator = migrator("2.0", unused);
        arrives(migrator, Phase.VALIDATE);
        assertThat(noUse(migrator)).contains("CREATE EXTENSION", "(0 live instances");
        try (ApplicationInstance instance = migrator("1.9", unused).register(uses(Uses.BOTH))) {
            assertThat(noUse(migrator)).contains("1 live instances, of which 1 do not");
            try (Connection connection = instance.dataSource().getConnection();
                    Statement statement = connection.createStatement()) {
                assertThat(noUse(migrator)).contains("no statement has named what goes since");
                statement.executeQuery("SELECT full_name FROM users").close();
                statement
                        .executeQuery("SELECT Name FROM users WHERE name <> 'secret' OR id = 4711")
                        .close();
                until(() -> noUse(migrator).contains("still named, 1 times"));
                assertThat(database.queryStrings("SELECT statement FROM migrator.statement_use"))
                        .containsExactly("SELECT Name FROM users WHERE name <> ? OR id = ?");
            }
            until(() -> to(migrator, Phase.CONTRACT) instanceof Outcome.Arrived);
        }
    }

    private static String noUse(PostgresMigrator migrator) {
        return to(migrator, Phase.CONTRACT) instanceof Outcome.Waits waits
                ? waits.reasons().get(0).reason()
                : "open";
    }

    private static boolean stands(PostgresMigrator migrator, Phase phase, Direction direction) {
        return migrator.status(NAME.id()).get(0).position().equals(new Position(phase, Status.COMPLETE, direction));
    }
}
