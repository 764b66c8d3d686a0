package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Identifier;
import dev.migrator.Migration;
import dev.migrator.MigrationFiles;
import dev.migrator.engine.PlanRefusedException;
import dev.migrator.pg.Databases;
import dev.migrator.pg.internal.plan.PgPlanner;
import dev.migrator.plan.Estimate;
import dev.migrator.plan.Plan;
import dev.migrator.test.BackgroundSession;
import dev.migrator.test.TestDatabase;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a plan says of a table with many partitions. */
class PartitionPlanTest {
    private TestDatabase database;
    private PgPlanner planner;

    @BeforeEach
    void createTable() {
        database = Databases.withStateTables();
        database.execute(
                "CREATE TABLE users (id int, name text) PARTITION BY LIST (id)",
                "DO $$BEGIN FOR i IN 1..120 LOOP"
                        + " EXECUTE format('CREATE TABLE p%s PARTITION OF users FOR VALUES IN (%s)', i, i); END LOOP; END$$");
        planner = new PgPlanner(database.dataSource(), Identifier.of("migrator"));
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private static Migration additions(int count) {
        String operations = IntStream.range(0, count)
                .mapToObj(i -> "  - addColumn: { table: users, column: c" + i + ", type: text, up: name }\n")
                .collect(Collectors.joining());
        return MigrationFiles.parse("0001_test", "0001_test.yaml", "operations:\n" + operations);
    }

    @Test
    void moreThanCanBeChangedWithinTheBudgetIsRefused() {
        assertThat(planner.plan(additions(1)).findings()).anySatisfy(finding -> assertThat(finding.message())
                .contains("has 120 partitions, all of which are locked and changed at once")
                .contains("would wait for about 120 ms"));
        assertThatThrownBy(() -> planner.plan(additions(14)))
                .isInstanceOf(PlanRefusedException.class)
                .hasMessageContaining("would wait for about 510 ms")
                .hasMessageContaining("at most 500 ms are permitted. Fewer operations in one migration take less.");
    }

    @Test
    void aPartitionThatIsBeingDetachedIsNamed() throws Exception {
        try (BackgroundSession reader = BackgroundSession.holding(database, "BEGIN; SELECT FROM users");
                BackgroundSession detacher = BackgroundSession.holding(database, "SELECT")) {
            CompletableFuture<Void> detaching = detacher.start("ALTER TABLE users DETACH PARTITION p7 CONCURRENTLY");
            detacher.awaitBlocked();
            assertThat(database.queryBoolean("SELECT pg_cancel_backend(?)", detacher.pid()))
                    .isTrue();
            assertThat(detaching).failsWithin(Duration.ofSeconds(10));
            reader.execute("ROLLBACK");
        }
        assertThatThrownBy(() -> planner.plan(additions(1)))
                .isInstanceOf(PlanRefusedException.class)
                .hasMessageContaining("public.p7 is being detached")
                .hasMessageContaining("FINALIZE");
    }

    @Test
    void estimatesAreSumsOverThePartitions() {
        database.execute("INSERT INTO users SELECT 1 + g % 3, 'name ' || g FROM generate_series(1, 9000) g");
        long bytes = database.queryLong("SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('users')");
        Plan unknown = planner.plan(additions(1));
        Estimate fill = unknown.estimates().get(0);
        assertThat(fill.rows()).isBetween(8000L, 10_000L);
        assertThat(fill.basis()).contains("never analyzed").endsWith("rows").doesNotContain("guessed");
        assertThat(unknown.tables())
                .allSatisfy(table -> assertThat(table.bytes()).isEqualTo(bytes));
        database.execute("ANALYZE p1, p2, p3"); // as autovacuum does, which leaves the partitioned table alone
        Plan known = planner.plan(additions(1));
        assertThat(known.estimates().get(0).rows()).isBetween(8990L, 9010L);
        assertThat(known.tables()).allSatisfy(table -> assertThat(table.rows()).isEqualTo(9000));
    }
}
