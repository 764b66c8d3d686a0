package dev.migrator.pg.execute;

import static dev.migrator.pg.execute.BackfillSite.FILL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.BackfillSettings;
import dev.migrator.engine.Pace;
import dev.migrator.engine.PausedException;
import dev.migrator.pg.internal.execute.PgExecutor;
import dev.migrator.pg.internal.throttle.ThrottleSetup;
import dev.migrator.pg.internal.transact.ExecutorSettings;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Three workers at once on one table, whose rows change places and owners beneath them. */
class SeveralWorkersTest {
    private static final ExecutorSettings THREE = ExecutionSite.settings().withChunkBlocks(20);

    private static void run(BackfillSite users, DataSource source) {
        new PgExecutor(
                        source,
                        source,
                        users.site.store.sql(),
                        THREE,
                        Pace.system(),
                        (state, steps) -> List.of(),
                        ThrottleSetup.of(BackfillSettings.defaults().withWorkers(3)))
                .run(users.site.lease, FILL, users.site.control());
    }

    /** Something that happens at a batch. */
    private static FaultyDataSource at(BackfillSite users, int batch, String... statements) {
        return FaultyDataSource.over(
                users.site.db.dataSource(),
                FaultPlan.onStatement(batch, () -> users.site.db.execute(statements)),
                sql -> sql.contains("UPDATE ONLY"));
    }

    @Test
    void eachRowIsFilledOnceAndCountedOnce() {
        try (BackfillSite users = BackfillSite.of(12_000)) {
            run(users, users.site.db.dataSource());
            users.assertComplete();
            assertThat(users.recordedRows()).isEqualTo(12_000);
            assertThat(users.site.db.queryLong("SELECT count(*) FROM migrator.backfill_chunk"))
                    .isGreaterThan(8);
            assertThat(users.site.db.queryLong("SELECT count(*) FROM migrator.backfill_chunk WHERE owner IS NOT NULL"))
                    .isZero();
        }
    }

    @Test
    void aTableThatIsRewrittenBeneathThemIsMadeIntoNewRangesOnce() {
        try (BackfillSite users = BackfillSite.of(12_000)) {
            users.site.db.execute("CREATE INDEX by_name ON users (name)");
            FaultyDataSource source =
                    at(users, 20, "DELETE FROM users WHERE id % 3 = 0", "VACUUM FULL users", "REINDEX TABLE users");
            run(users, source);
            assertThat(source.fired()).isTrue();
            users.assertComplete();
            assertThat(
                            users.site.db.queryLong(
                                    """
                            SELECT count(*) FROM migrator.backfill_chunk AS a JOIN migrator.backfill_chunk AS b
                                ON a.chunk < b.chunk AND a.from_block < b.to_block AND b.from_block < a.to_block"""))
                    .as("ranges that overlap")
                    .isZero();
        }
    }

    @Test
    void aTableThatIsClusteredOrTruncatedBeneathThemIsDone() {
        try (BackfillSite users = BackfillSite.of(12_000)) {
            users.site.db.execute("CREATE INDEX by_name ON users (name)");
            run(users, at(users, 20, "CLUSTER users USING by_name"));
            users.assertComplete();
        }
        try (BackfillSite users = BackfillSite.of(12_000)) {
            run(users, at(users, 20, "TRUNCATE users"));
            users.assertComplete();
        }
    }

    @Test
    void aPartitionThatIsDroppedBeneathThemIsGivenUp() {
        try (BackfillSite users = BackfillSite.of(
                20_000,
                "id int, name text, pad text DEFAULT repeat('p', 100)",
                "PARTITION BY LIST ((id % 2))",
                "CREATE TABLE users0 PARTITION OF users FOR VALUES IN (0) PARTITION BY LIST ((id % 4))",
                "CREATE TABLE users00 PARTITION OF users0 FOR VALUES IN (0)",
                "CREATE TABLE users02 PARTITION OF users0 FOR VALUES IN (2)",
                "CREATE TABLE users1 PARTITION OF users FOR VALUES IN (1)")) {
            FaultyDataSource source = at(users, 10, "DROP TABLE users02", "ALTER TABLE users00 RENAME TO \"0 0\"");
            run(users, source);
            assertThat(source.fired()).isTrue();
            users.assertComplete();
        }
    }

    @Test
    void aPauseStopsAllOfThem() {
        try (BackfillSite users = BackfillSite.of(12_000)) {
            FaultyDataSource source = FaultyDataSource.over(
                    users.site.db.dataSource(),
                    FaultPlan.afterStatement(10, () -> users.site.store.setPaused(ExecutionSite.ID, true)),
                    sql -> sql.contains("UPDATE ONLY"));
            assertThatThrownBy(() -> run(users, source)).isInstanceOf(PausedException.class);
            assertThat(source.count()).as("batches in all").isBetween(10, 20);
            assertThat(users.recordedRows()).isEqualTo(12_000 - users.pending()).isPositive();

            users.site.store.setPaused(ExecutionSite.ID, false);
            run(users, users.site.db.dataSource());
            users.assertComplete();
            assertThat(users.recordedRows()).isEqualTo(12_000);
        }
    }

    @Test
    void aRowOfManyMegabytesKeepsItsUnchangedParts() {
        try (BackfillSite users = BackfillSite.of(1, "id int, name text, pad text", "")) {
            users.site.db.execute(
                    "UPDATE users SET pad = (SELECT string_agg(md5(g::text), '') FROM generate_series(1, 300000) AS g)",
                    "ALTER TABLE users DISABLE TRIGGER ALL",
                    "UPDATE users SET pending = true",
                    "ALTER TABLE users ENABLE TRIGGER ALL");
            String toast = "SELECT pg_relation_size(reltoastrelid) FROM pg_class WHERE oid = 'users'::regclass";
            long before = users.site.db.queryLong(toast);
            run(users, users.site.db.dataSource());
            users.assertComplete();
            assertThat(users.site.db.queryLong(toast)).isEqualTo(before).isGreaterThan(5_000_000);
        }
    }
}
