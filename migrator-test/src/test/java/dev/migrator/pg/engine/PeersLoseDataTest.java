package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.PlanRefusedException;
import dev.migrator.test.SchemaSnapshot;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Where they lose data. */
class PeersLoseDataTest extends PeersSite {
    @Test
    void no01ATypoInUpIsReportedAsSuccess() {
        users();
        SchemaSnapshot before = database.snapshot("public");
        assertThatThrownBy(
                        () -> rig().engine().migrate(migration(RETYPE.replace("n * 10", "m * 10")), Phase.PURGE, true))
                .isInstanceOf(PlanRefusedException.class)
                .hasMessageContaining("column \"m\" does not exist");
        assertThat(before.differences(database.snapshot("public"))).isEmpty();
    }

    @Test
    void no02AfterADeathInTheBackfillCompletionLosesTheRest() {
        users();
        Migration migration = migration(RETYPE);
        dies(migration, Phase.BACKFILL, sql -> sql.contains("WITH filled AS"), 2);
        assertThat(rows("big IS NULL")).isPositive();
        rig().to(migration, Phase.PURGE);
        assertThat(rows("big = id * 10")).isEqualTo(ROWS);
    }

    @Test
    void no02CompletionWhileTheBackfillRunsLosesTheRest() {
        users();
        Migration migration = migration(RETYPE);
        Rig first = rig();
        Rig second = rig();
        CompletableFuture<Rig> backfill = CompletableFuture.supplyAsync(() -> first.to(migration, Phase.BACKFILL));
        second.to(migration, Phase.PURGE);
        backfill.join();
        assertThat(rows("big = id * 10")).isEqualTo(ROWS);
    }

    @Test
    void no03AfterADeathInCompletionItCannotRunAgain() {
        users();
        Migration migration = migration(RETYPE);
        dies(migration, Phase.PURGE, sql -> sql.startsWith("BEGIN") && sql.contains("DROP COLUMN IF EXISTS"), 2);
        rig().to(migration, Phase.PURGE);
        assertThat(rows("big = id * 10")).isEqualTo(ROWS);
    }

    @Test
    void no03AfterADeathInCompletionRollbackDropsTheOnlyCopy() {
        users();
        SchemaSnapshot before = database.snapshot("public");
        Migration migration = migration(RETYPE);
        dies(migration, Phase.CONTRACT, sql -> sql.startsWith("BEGIN") && sql.contains("RENAME COLUMN"), 2);
        assertThat(rows("big = id * 10")).isEqualTo(ROWS);
        rig().back(migration, Optional.empty());
        assertThat(rows("n = id")).isEqualTo(ROWS);
        assertThat(before.differences(database.snapshot("public"))).isEmpty();
    }

    @Test
    void no04LongNamesAreCutToTheSame() {
        String long1 = "a".repeat(62) + "1";
        String long2 = "a".repeat(62) + "2";
        database.execute(
                "CREATE TABLE %s (%s int, %s int)".formatted(long1, long1, long2),
                "INSERT INTO %s VALUES (1, 2)".formatted(long1));
        String other = "b".repeat(62);
        rig().to(
                        migration(
                                """
                                - renameColumn: { table: %1$s, column: %1$s, to: %3$s1 }
                                - renameColumn: { table: %1$s, column: %2$s, to: %3$s2 }
                                """
                                        .formatted(long1, long2, other)),
                        Phase.PURGE);
        assertThat(database.queryRows("SELECT %s1, %s2 FROM %s".formatted(other, other, long1)))
                .containsExactly(List.of("1", "2"));
    }

    @Test
    void no05WritesUnderAnotherSearchPathAreOverwritten() {
        users();
        Migration migration = migration(RETYPE);
        rig().to(migration, Phase.EXPAND);
        database.execute(
                "CREATE SCHEMA v2",
                "SET search_path = v2, public; UPDATE users SET big = 7 WHERE id = 1; SET search_path = '';"
                        + " UPDATE public.users SET big = 8 WHERE id = 2; INSERT INTO public.users (id, n) VALUES (0, 5)");
        rig().to(migration, Phase.PURGE);
        assertThat(database.queryStrings("SELECT big::text FROM users WHERE id < 3 ORDER BY id"))
                .containsExactly("50", "7", "8");
    }
}
