package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.Outcome;
import dev.migrator.engine.PlanRefusedException;
import dev.migrator.plan.DiskNeed;
import dev.migrator.plan.Plan;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A migration that the disk has no room for is refused before it begins, where that is known. */
class FreeSpaceTest {
    private static final String ID = "0001";

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = Databases.withStateTables();
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, name text)",
                "CREATE INDEX ON users (name)",
                "INSERT INTO users SELECT g, 'name ' || g FROM generate_series(1, 5000) g");
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private PostgresMigratorBuilder builder() {
        return PostgresMigrator.builder(database.pool())
                .migrations(List.of(Migration.builder(ID)
                        .renameColumn("users", "name", "full_name")
                        .build()));
    }

    private static DiskNeed need(Plan plan) {
        assertThat(plan.disks()).hasSize(1);
        return plan.disks().get(0);
    }

    @Test
    void tooLittleRoomIsRefusedBeforeAnythingIsChanged() {
        DiskNeed need = need(builder().build().plan(ID).get(0));
        assertThat(need.free()).isEmpty();
        assertThat(need.bytes()).isPositive();
        assertThat(need.required()).isEqualTo(Math.round(need.bytes() * 1.5) + need.walBytes());

        PostgresMigrator cramped =
                builder().freeSpace(need.required() - 100_000).build();
        assertThatThrownBy(() -> cramped.plan(ID))
                .isInstanceOf(PlanRefusedException.class)
                .hasMessageContainingAll("too little room", "max_wal_size", "are free", "--free-space");
        assertThat(cramped.migrate(Phase.EXPAND, ID).get(0).outcome())
                .isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                        .contains("too little room"));
        assertThat(database.queryLong(
                        "SELECT count(*) FROM pg_attribute WHERE attrelid = 'users'::regclass AND attnum > 0"))
                .isEqualTo(2);

        long enough = need.required() + 100_000;
        PostgresMigrator roomy = builder().freeSpace(enough).build();
        assertThat(need(roomy.plan(ID).get(0)).free()).isEqualTo(OptionalLong.of(enough));
        assertThat(roomy.migrate(Phase.EXPAND, ID).get(0).outcome()).isInstanceOf(Outcome.Arrived.class);
    }

    @Test
    void theServersOwnDiskIsLookedAtWhereItsFilesCanBeSeen() {
        boolean embedded = PostgresServer.shared().pid().isPresent();
        database.executeAsSuperuser("GRANT pg_read_all_settings TO " + database.user());
        List<DiskNeed> disks = builder().build().plan(ID).get(0).disks();
        assertThat(disks).isNotEmpty().allSatisfy(need -> assertThat(need.free().isPresent())
                .isEqualTo(embedded));
        assertThat(disks.stream().mapToLong(DiskNeed::walBytes).sum()).isPositive();
    }
}
