package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.EngineListener;
import dev.migrator.engine.Outcome;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is nobody's fault between the phases does not stop the next one. */
class OrdinaryLifeTest {
    private static final Migration WIDEN =
            Rig.migration("0001_widen", "- changeType: { table: users, column: n, type: bigint }\n");

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = PostgresServer.shared().createDatabase();
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, n int UNIQUE, m int, at timestamptz DEFAULT '2020-01-01 12:00+00',"
                        + " span interval DEFAULT '-1 day -2 hours', CHECK (at > '1990-01-01 00:00+00' AND n > 0))",
                "INSERT INTO users SELECT g, g, g FROM generate_series(1, 2000) g");
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    @Test
    void theNewReleasePutsIndexesAndKeysOnItsColumnsBeforePurge() {
        Rig rig = Rig.over(database).to(WIDEN, Phase.CONTRACT);
        database.execute(
                "CREATE INDEX by_n ON users (n, m)",
                "CREATE TABLE orders (n bigint REFERENCES users (n))",
                "CREATE STATISTICS s ON n, m FROM users",
                "CREATE VIEW ns AS SELECT n FROM users",
                "ALTER TABLE users ADD CONSTRAINT small CHECK (n < 9999)");
        rig.to(WIDEN, Phase.PURGE);
        assertThat(database.queryLong("SELECT count(*) FROM pg_indexes WHERE indexname IN ('by_n', 'users_n_key')"))
                .isEqualTo(2);
        assertThat(database.queryLong("SELECT count(*) FROM pg_constraint WHERE conname IN ('small', 'orders_n_fkey')"))
                .isEqualTo(2);
        assertThat(database.queryLong("SELECT count(*) FROM ns")).isEqualTo(2000);
    }

    @Test
    void aCopyThatIsGoneStopsPurge() {
        Rig rig = Rig.over(database).to(WIDEN, Phase.CONTRACT);
        String copy = database.queryString("SELECT k.conname FROM pg_constraint k JOIN pg_attribute a"
                + " ON a.attrelid = k.conrelid AND k.conkey = ARRAY[a.attnum]"
                + " WHERE k.conrelid = 'users'::regclass AND k.contype = 'u' AND a.attname = 'n'");
        database.execute("ALTER TABLE users DROP CONSTRAINT " + copy);
        assertThat(rig.engine().migrate(WIDEN, Phase.PURGE, true))
                .isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                        .contains("before PURGE", copy, "Nothing of PURGE was done"));
    }

    @Test
    void anEngineOfAnotherTimeZoneGoesOn() {
        Migration rename = Rig.migration(
                "0001_rename",
                """
                - renameColumn: { table: users, column: at, to: since }
                - renameColumn: { table: users, column: span, to: length }
                """);
        HikariConfig config = new HikariConfig();
        config.setDataSource(database.dataSource());
        config.setConnectionInitSql("SET TimeZone = 'Asia/Kathmandu'; SET IntervalStyle = 'sql_standard'");
        try (HikariDataSource elsewhere = new HikariDataSource(config)) {
            Rig here = Rig.over(database);
            Rig there = Rig.over(database, elsewhere, EngineListener.NONE);
            there.to(rename, Phase.EXPAND);
            here.to(rename, Phase.BACKFILL);
            there.to(rename, Phase.VALIDATE);
            here.to(rename, Phase.CONTRACT);
            there.to(rename, Phase.PURGE);
        }
        assertThat(database.queryLong(
                        "SELECT count(*) FROM users WHERE since = '2020-01-01 12:00+00'" + " AND length = '-26 hours'"))
                .isEqualTo(2000);
    }
}
