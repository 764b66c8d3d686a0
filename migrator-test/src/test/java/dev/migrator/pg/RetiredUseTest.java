package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Direction;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.Uses;
import dev.migrator.engine.Event;
import dev.migrator.engine.Position;
import java.sql.Connection;
import java.sql.Statement;
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

    private static boolean stands(PostgresMigrator migrator, Phase phase, Direction direction) {
        return migrator.status(NAME.id()).get(0).position().equals(new Position(phase, Status.COMPLETE, direction));
    }
}
