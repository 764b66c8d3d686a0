package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.MigrationBuilder;
import dev.migrator.Phase;
import dev.migrator.engine.Outcome;
import dev.migrator.plan.Estimate;
import dev.migrator.plan.Plan;
import dev.migrator.plan.PlanText;
import dev.migrator.test.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a backfill was estimated to take, against what it took. Times are not compared: they are the machine's. */
class EstimateTest {
    private static final String ID = "0001";
    private static final long PAGES = 10 * 8192;

    private TestDatabase database;

    /** A table, as statements. */
    private record Shape(String table, String columns, String values, int rows) {}

    private static final List<Shape> SHAPES = List.of(
            new Shape("narrow", "id int, name text", "g, 'n' || g % 1000", 40_000),
            new Shape("wide", "id int, name text, pad text", "g, 'name ' || g, repeat(md5(g::text), 20)", 4_000),
            new Shape(
                    "toasted",
                    "id int, name text",
                    "g, (SELECT string_agg(md5(g::text || i), '') FROM generate_series(1, 150) i)",
                    500),
            new Shape(
                    "half_full",
                    "id int PRIMARY KEY, name text, pad text) WITH (fillfactor = 50",
                    "g, 'name ' || g, repeat('x', 60)",
                    20_000),
            new Shape(
                    "indexed",
                    "id int PRIMARY KEY, name text, a text, b int",
                    "g, 'name ' || g, md5(g::text), hashint4(g)",
                    25_000));

    /** What there is before the backfill, and what was estimated of it. */
    private record Before(Shape shape, Estimate fill, long table, long indexes) {}

    @BeforeEach
    void createDatabase() {
        database = Databases.withStateTables();
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private PostgresMigrator migrator(Migration migration) {
        return PostgresMigrator.builder(database.pool())
                .migrations(List.of(migration))
                .build();
    }

    private Plan plan(MigrationBuilder migration) {
        return migrator(migration.build()).plan(ID).get(0);
    }

    private static void arrives(PostgresMigrator migrator, Phase to) {
        assertThat(migrator.migrate(to, ID).get(0).outcome()).isInstanceOf(Outcome.Arrived.class);
    }

    private long size(String function, String relation) {
        return database.queryLong("SELECT " + function + "(?::regclass)", relation);
    }

    private long wal() {
        return database.queryLong("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')");
    }

    private static void within(String what, double factor, long slack, long estimated, long measured) {
        assertThat(estimated + slack)
                .as("%s: estimated %d, measured %d", what, estimated, measured)
                .isBetween(Math.round((measured + slack) / factor), Math.round((measured + slack) * factor));
    }

    private static Estimate fill(Plan plan, String table) {
        return plan.steps(Phase.BACKFILL).stream()
                .flatMap(step -> plan.estimate(step).stream())
                .filter(estimate -> estimate.table().name().value().equals(table))
                .findFirst()
                .orElseThrow();
    }

    private Before before(Plan plan, Shape shape) {
        return new Before(
                shape,
                fill(plan, shape.table()),
                size("pg_table_size", shape.table()),
                size("pg_indexes_size", shape.table()));
    }

    @Test
    void rowsLogAndDiskAreAsEstimated() {
        MigrationBuilder operations = Migration.builder(ID);
        for (Shape shape : SHAPES) {
            database.execute(
                    "CREATE TABLE " + shape.table() + " (" + shape.columns() + ")",
                    "INSERT INTO " + shape.table() + " SELECT " + shape.values() + " FROM generate_series(1, "
                            + shape.rows() + ") g");
            operations.renameColumn(shape.table(), "name", "full_name");
        }
        database.execute(
                "CREATE INDEX ON indexed (a)",
                "CREATE INDEX ON indexed (b)",
                "CREATE INDEX ON indexed (name)",
                "ANALYZE indexed");
        PostgresMigrator migrator = migrator(operations.build());
        Plan plan = migrator.plan(ID).get(0);

        arrives(migrator, Phase.EXPAND);
        database.executeAsSuperuser("CHECKPOINT");
        long walBefore = wal();
        List<Before> all = SHAPES.stream().map(shape -> before(plan, shape)).toList();
        arrives(migrator, Phase.BACKFILL);

        within(
                "log",
                2.5,
                0,
                all.stream().mapToLong(before -> before.fill().walBytes()).sum(),
                wal() - walBefore);
        for (Before before : all) {
            String name = before.shape().table();
            long table = size("pg_table_size", name) - before.table();
            long indexes = size("pg_indexes_size", name) - before.indexes();
            within(name + " rows", 1.2, 0, before.fill().rows(), before.shape().rows());
            within(name + " table", 2, PAGES, before.fill().extraTableBytes(), table);
            within(name + " indexes", 2, PAGES, before.fill().extraIndexBytes(), indexes);
        }
        assertThat(fill(plan, "indexed").basis()).startsWith("rows by the statistics");
        assertThat(fill(plan, "wide").basis()).startsWith("never analyzed: rows by 40 of ");

        Estimate copy = plan.estimates().stream()
                .filter(estimate -> estimate.basis().endsWith("indexed_name_idx"))
                .findFirst()
                .orElseThrow();
        within("copy", 2, PAGES, copy.extraBytes(), size("pg_relation_size", "indexed_name_idx"));
    }

    @Test
    void aFillCountsTheRowsThatLackAValueOnly() {
        database.execute(
                "CREATE TABLE t (id int, pad text, n int)",
                "INSERT INTO t SELECT g, repeat('x', 100), nullif(g % 4, 0) FROM generate_series(1, 20000) g");
        Plan plan = plan(Migration.builder(ID).setNotNull("t", "n", "0"));
        within("rows", 1.3, 0, plan.estimates().get(0).rows(), 5000);
    }

    /** A value that differs each time is not computed for trial: a sequence would be advanced. */
    @Test
    void theProbeChangesNothing() {
        database.execute(
                "CREATE SEQUENCE s",
                "CREATE TABLE t (id int, name text)",
                "INSERT INTO t SELECT g, g FROM generate_series(1, 1000) g");
        MigrationBuilder migration = Migration.builder(ID)
                .addColumn("t", "n", "bigint", column -> column.defaultValue("nextval('public.s')"));
        Plan plan = plan(migration);
        assertThat(database.queryBoolean("SELECT is_called FROM s")).isFalse();
        assertThat(plan.estimates().get(0).basis()).endsWith("sizes of new values are guessed");
        assertThat(PlanText.of(migration.build(), plan))
                .contains("takes: about 1,000 rows, less than a second, ", "free space unknown");
        assertThat(database.queryLong("SELECT count(*) FROM pg_class WHERE relname = 'migrator_probe'"))
                .isZero();
    }

    @Test
    void aTableWithoutRowsAndRowsThatCanNotBeComputedAreNoObstacle() {
        database.execute(
                "CREATE TABLE e (id int, name text)",
                "CREATE TABLE p (id int, name text)",
                "INSERT INTO p SELECT g, 'x' || g FROM generate_series(1, 3000) g");
        Plan plan = plan(Migration.builder(ID)
                .renameColumn("e", "name", "full_name")
                .changeType("p", "name", "int", change -> change.to("number")
                        .up("name::int")
                        .down("number::text")));
        assertThat(plan.estimates()).extracting(Estimate::rows).containsExactly(0L, 3000L);
        assertThat(plan.estimates().get(0).extraBytes()).isZero();
        assertThat(plan.estimates().get(1).basis()).endsWith("sizes of new values are guessed");
    }
}
