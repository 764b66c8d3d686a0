package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.test.SchemaSnapshot;
import dev.migrator.test.TestDatabase;
import dev.migrator.test.internal.Waiting;
import dev.migrator.throttle.ThrottleAnswer;
import dev.migrator.transform.TransformAnswer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A column that the application computes, from EXPAND to PURGE and back. */
class ComputedColumnTest {
    private static final boolean THOROUGH = Boolean.getBoolean("migrator.test.thorough");
    private static final Migration THREE = ComputedSite.migration(
            "0001_three",
            """
            - addColumn: { table: docs, column: seal, type: bytea, transform: sealed, inputs: [body], comment: sealed }
            - addColumn: { table: notes, column: vector, type: 'real[]', transform: vectors, inputs: [weights, n] }
            - addColumn: { table: "Odd 'Ones", column: "a \\"b\\"", type: jsonb, transform: described, inputs: ["In put"] }
            """);

    private static PostgresMigrator migrator(ComputedSite site) {
        return PostgresMigrator.builder(site.database().dataSource())
                .migrations(List.of(THREE))
                .transform("sealed", ComputedSite.SEALED)
                .transform("vectors", rows -> rows.stream()
                        .map(row -> TransformAnswer.of(row, new float[] {
                            (float) row.numbers("weights").orElseThrow()[0],
                            row.number("n").orElseThrow().floatValue() / 3
                        }))
                        .toList())
                .transform("described", rows -> rows.stream()
                        .map(row -> row.text("In put")
                                .map(text -> TransformAnswer.of(row, "{\"of\": " + text + "}"))
                                .orElseGet(() -> TransformAnswer.none(row)))
                        .toList())
                .build();
    }

    private static void tables(TestDatabase database) {
        database.execute(
                "CREATE TABLE notes (a int, b text, weights float8[], n numeric, PRIMARY KEY (b, a))",
                "INSERT INTO notes SELECT g, 'x' || g % 3, ARRAY[g / 7.0, NULL], g FROM generate_series(1, 300) g",
                "CREATE TABLE \"Odd 'Ones\" (\"Id\" uuid PRIMARY KEY, \"In put\" json)",
                "INSERT INTO \"Odd 'Ones\" SELECT gen_random_uuid(), CASE WHEN g > 5 THEN json_build_object('\\''\"', g) END"
                        + " FROM generate_series(1, 50) g");
    }

    private static void assertComputed(TestDatabase database) {
        assertThat(database.queryLong("SELECT count(*) FROM notes WHERE vector IS DISTINCT FROM"
                        + " ARRAY[weights[1]::real, (n::real / 3)::real]"))
                .isZero();
        assertThat(database.queryLong("SELECT count(*) FROM \"Odd 'Ones\" WHERE \"a \"\"b\"\"\" IS DISTINCT FROM"
                        + " CASE WHEN \"In put\" IS NOT NULL THEN jsonb_build_object('of', \"In put\") END"))
                .isZero();
    }

    @Test
    void bytesArraysAndJsonAreComputedAndPurgeLeavesNothingElse() {
        try (ComputedSite site = new ComputedSite(500)) {
            TestDatabase database = site.database();
            tables(database);
            SchemaSnapshot before = database.snapshot("public");
            PostgresMigrator migrator = migrator(site);
            ComputedSite.to(migrator, Phase.BACKFILL);
            assertThat(site.wrong()).isZero();
            assertComputed(database);
            database.execute(
                    "UPDATE notes SET n = n + 1 WHERE a < 50",
                    "INSERT INTO notes VALUES (1000, 'new', '{1.5}', 7)",
                    "UPDATE \"Odd 'Ones\" SET \"Id\" = gen_random_uuid(), \"In put\" = '[1]'",
                    "UPDATE docs SET body = NULL WHERE id = 3");
            // What a subscription applies is queued, too.
            database.executeAsSuperuser(
                    "SET session_replication_role = replica", "UPDATE docs SET body = 'r' WHERE id = 4");
            ComputedSite.to(migrator, Phase.PURGE);
            assertThat(site.wrong()).isZero();
            assertComputed(database);
            assertThat(before.differences(database.snapshot("public")))
                    .hasSize(6)
                    .allMatch(line -> line.startsWith("+ column public.") || line.contains(": columns was ["));
            assertThat(database.queryStrings("SELECT relname FROM pg_class WHERE relname LIKE 'queue\\_%'"
                            + " UNION ALL SELECT proname FROM pg_proc WHERE proname ~ '^(queue|sync)_[0-9a-f]{8}$'"))
                    .isEmpty();
        }
    }

    @Test
    void theWayBackFromEachPhaseLeavesTheCatalogAsItWas() {
        try (ComputedSite site = new ComputedSite(50)) {
            TestDatabase database = site.database();
            SchemaSnapshot before = database.snapshot("public");
            PostgresMigrator migrator = site.migrator(ComputedSite.SEALED);
            for (Phase phase : THOROUGH
                    ? List.of(Phase.EXPAND, Phase.BACKFILL, Phase.VALIDATE, Phase.CONTRACT)
                    : List.of(Phase.EXPAND, Phase.CONTRACT)) {
                ComputedSite.to(migrator, phase);
                database.execute(
                        "UPDATE docs SET body = body || 'x' WHERE id < 10",
                        "INSERT INTO docs SELECT max(id) + 1 FROM docs");
                migrator.rollback(ComputedSite.SEAL.id(), Optional.empty());
                assertThat(before.differences(database.snapshot("public")))
                        .as("back from %s", phase)
                        .isEmpty();
            }
            ComputedSite.to(migrator, Phase.VALIDATE);
            assertThat(site.wrong()).isZero();
        }
    }

    @Test
    void catchingUpAsksTheThrottleToo() {
        try (ComputedSite site = new ComputedSite(20)) {
            AtomicBoolean stopped = new AtomicBoolean();
            AtomicInteger asked = new AtomicInteger();
            PostgresMigrator migrator = site.builder(site.database().dataSource())
                    .transform("sealed", ComputedSite.SEALED)
                    .throttle(() -> {
                        asked.incrementAndGet();
                        return stopped.get() ? ThrottleAnswer.stop("too much to do") : ThrottleAnswer.normal();
                    })
                    .build();
            ComputedSite.to(migrator, Phase.VALIDATE);
            stopped.set(true);
            asked.set(0);
            site.database().execute("UPDATE docs SET body = 'x' WHERE id < 5");
            try (BackfillHelper helper = migrator.helpWithBackfills(1)) {
                Waiting.until(Duration.ofMinutes(1), () -> "asked again", () -> asked.get() > 1);
                assertThat(helper.rows()).isZero();
                assertThat(site.wrong()).isEqualTo(4);
                stopped.set(false);
                site.awaitRight();
            }
        }
    }

    @Test
    void backFromContractItIsComputedAgain() {
        try (ComputedSite site = new ComputedSite(50)) {
            PostgresMigrator migrator = site.migrator(ComputedSite.SEALED);
            ComputedSite.to(migrator, Phase.CONTRACT);
            site.database().execute("INSERT INTO docs (id, body, seal) VALUES (1000, 'y', 'v:y')");
            migrator.rollback(ComputedSite.SEAL.id(), Optional.of(Phase.VALIDATE));
            site.database().execute("UPDATE docs SET body = 'x' WHERE id < 10", "INSERT INTO docs VALUES (1001, 'y')");
            BackfillHelper helper = migrator.helpWithBackfills(1);
            try (helper) {
                site.awaitRight();
            }
            // Closed, it has counted its last batch.
            assertThat(helper.rows()).isEqualTo(10);
            ComputedSite.to(migrator, Phase.PURGE);
            assertThat(site.wrong()).isZero();
        }
    }
}
