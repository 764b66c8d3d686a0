package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Migration;
import dev.migrator.MigrationFileException;
import dev.migrator.MigrationFiles;
import dev.migrator.Phase;
import dev.migrator.engine.PlanRefusedException;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.SchemaSnapshot;
import dev.migrator.test.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where they are not faithful. */
class PeersAreUnfaithfulTest extends PeersSite {
    @Test
    void no12ATypeChangeLosesPartsOfIndexesAndGrants() {
        String role = database.createRole("reader");
        String[] schema = {
            "CREATE TABLE users (id int, n int, name text, PRIMARY KEY (n, id))",
            "CREATE INDEX by_name ON users (name text_pattern_ops DESC NULLS LAST, n) INCLUDE (id) WHERE n > 3",
            "CREATE INDEX by_sum ON users ((n + id))",
            "CREATE STATISTICS n_and_id ON n, id FROM users",
            "GRANT SELECT (n) ON users TO \"" + role + '"'
        };
        try (TestDatabase plain = PostgresServer.shared().createDatabase()) {
            database.execute(schema);
            plain.execute(schema);
            plain.execute("ALTER TABLE users ALTER COLUMN n TYPE bigint");
            rig().to(migration("- changeType: { table: users, column: n, type: bigint }\n"), Phase.PURGE);
            for (String question : List.of(
                    "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 'users'::regclass ORDER BY 1",
                    "SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext",
                    "SELECT attname FROM pg_attribute WHERE attrelid = 'users'::regclass AND attacl IS NOT NULL"
                            + " AND NOT attisdropped")) {
                assertThat(database.queryStrings(question))
                        .isEqualTo(plain.queryStrings(question))
                        .isNotEmpty();
            }
        }
    }

    @Test
    void no14ACheckIsRewrittenAsText() {
        database.execute(
                "CREATE TABLE users (id int, note text CHECK (note <> 'note' AND note NOT LIKE '%note %'))",
                "INSERT INTO users VALUES (1, 'a')");
        rig().to(migration(RENAME), Phase.PURGE);
        assertThat(database.queryString("SELECT pg_get_constraintdef(oid) FROM pg_constraint"
                        + " WHERE conrelid = 'users'::regclass AND contype = 'c'"))
                .isEqualTo("CHECK (((remark <> 'note'::text) AND (remark !~~ '%note %'::text)))");
    }

    @Test
    void no15OperationsThatAreNoListAreReportedAsSuccess() {
        assertThatThrownBy(() -> MigrationFiles.parse(
                        "0001_test", "0001_test.yaml", "operations:\n  renameColumn: { table: a, column: b, to: c }\n"))
                .isInstanceOf(MigrationFileException.class)
                .hasMessageContaining("operations");
    }

    @Test
    void no16AUniqueColumnOfTheSameNameOnTwoTablesGetsStuck() {
        database.execute(
                "CREATE TABLE users (id int, code int UNIQUE)", "CREATE TABLE others (id int, code int UNIQUE)");
        rig().to(
                        migration(
                                """
                                - changeType: { table: users, column: code, type: bigint }
                                - changeType: { table: others, column: code, type: bigint }
                                """),
                        Phase.PURGE);
        assertThat(
                        database.queryStrings(
                                "SELECT conname FROM pg_constraint WHERE contype = 'u' AND connamespace = 'public'::regnamespace ORDER BY 1"))
                .containsExactly("others_code_key", "users_code_key");
    }

    @Test
    void no17APolicyOrAViewIsNoticedAfterTheOldVersionIsGone() {
        users();
        database.execute("CREATE VIEW notes AS SELECT note FROM users", "CREATE POLICY own ON users USING (note = '')");
        SchemaSnapshot before = database.snapshot("public");
        assertThatThrownBy(() -> rig().engine().migrate(migration(RENAME), Phase.PURGE, true))
                .isInstanceOf(PlanRefusedException.class)
                .hasMessageContainingAll("view public.notes", "policy own");
        assertThat(before.differences(database.snapshot("public"))).isEmpty();
    }

    @Test
    void no18ACompositeKeyInAnotherOrderThanTheColumnsMakesTheBackfillQuadratic() {
        database.execute(
                "CREATE TABLE users (a int, b int, n int, PRIMARY KEY (b, a))",
                "INSERT INTO users SELECT g % 10, g, g FROM generate_series(1, 20000) g");
        Migration migration = migration(RETYPE);
        rig().to(migration, Phase.EXPAND);
        rig().to(migration, Phase.BACKFILL);
        // By blocks: no batch looks anything up by the key.
        assertThat(database.queryLong("SELECT pg_stat_get_numscans('users_pkey'::regclass)"))
                .isZero();
        assertThat(rows("big = n * 10")).isEqualTo(20_000);
    }
}
