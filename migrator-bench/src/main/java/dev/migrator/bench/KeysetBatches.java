package dev.migrator.bench;

import dev.migrator.test.TestDatabase;
import java.sql.SQLException;

/** What most people write by hand: 1000 rows after the last key, again and again, each its own transaction. */
final class KeysetBatches implements Way {

    private static final String BATCH =
            """
            WITH batch AS (
              SELECT id FROM items %s ORDER BY id LIMIT 1000
            ), filled AS (
              UPDATE items SET cents = %s FROM batch WHERE items.id = batch.id
            )
            SELECT id FROM batch ORDER BY id DESC LIMIT 1
            """;

    @Override
    public String name() {
        return "keyset batches";
    }

    @Override
    public void prepare(TestDatabase db) {
        db.execute("ALTER TABLE items ADD COLUMN cents bigint");
    }

    @Override
    public void fill(TestDatabase db) throws SQLException {
        KeyBatches.run(db, where -> BATCH.formatted(where, Items.EXPRESSION));
    }

    @Override
    public boolean keepsInStep() {
        return false;
    }
}
