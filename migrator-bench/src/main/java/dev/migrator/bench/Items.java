package dev.migrator.bench;

import dev.migrator.Migration;
import dev.migrator.MigrationFiles;
import dev.migrator.test.TestDatabase;

/**
 * The table that all scenarios change, some 250 bytes a row, and the change: amounts in a {@code numeric} become cents in a
 * {@code bigint}.
 */
final class Items {

    static final String NEW_COLUMN = "cents";

    /** What the new column holds. */
    static final String EXPRESSION = "(amount * 100)::bigint";

    private static final String ID = "0001_cents";

    private Items() {}

    /** The change as the engine knows it. */
    static Migration migration(String backfillSettings) {
        return MigrationFiles.parse(
                ID,
                ID + ".yaml",
                """
                operations:
                  - changeType:
                      { table: items, column: amount, type: bigint, to: cents, up: "%s", down: "cents / 100.0" }
                backfill: { %s }
                gates: { validate: [], contract: [], purge: [] }
                """
                        .formatted(EXPRESSION, backfillSettings));
    }

    /** Makes the table, filled, vacuumed and analyzed. */
    static void create(TestDatabase db, Layout layout, long rows) {
        db.execute(
                """
                CREATE TABLE items (
                  id %s NOT NULL,
                  account bigint NOT NULL,
                  created timestamptz NOT NULL,
                  amount numeric(12, 2) NOT NULL,
                  status text NOT NULL,
                  note text NOT NULL)
                """
                        .formatted(layout.type()),
                insert(layout, "generate_series(1::bigint, " + rows + ") AS g") + " ORDER BY " + layout.order(),
                "ALTER TABLE items ADD PRIMARY KEY (id)",
                "CREATE INDEX items_account ON items (account)",
                "CREATE INDEX items_created ON items (created)",
                "VACUUM (FREEZE, ANALYZE) items");
    }

    private static String insert(Layout layout, String from) {
        return """
                INSERT INTO items (id, account, created, amount, status, note)
                SELECT %s, g * 7919 %% 100003, timestamptz '2026-01-01' + g * interval '1 second',
                       (g %% 1000000) / 100.0, 'open', repeat(md5(g::text), 5) || 'and some more'
                  FROM %s
                """
                .formatted(layout.key("g"), from);
    }

    /** Inserts one row, by its number; the parameter is the number. */
    static String insertOne(Layout layout) {
        return insert(layout, "(SELECT ?::bigint) AS one (g)");
    }

    /** The same row as a release writes it that knows the new column only. */
    static String insertOneAfterContract(Layout layout) {
        return insertOne(layout).replace("amount", NEW_COLUMN).replace("(g % 1000000) / 100.0", "g % 1000000");
    }

    /** How many rows there are whose new column is not what it must be. */
    static long wrong(TestDatabase db) {
        return db.queryLong("SELECT count(*) FROM items WHERE cents IS DISTINCT FROM " + EXPRESSION);
    }
}
