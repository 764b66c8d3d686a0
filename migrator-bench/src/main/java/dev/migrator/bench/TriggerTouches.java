package dev.migrator.bench;

import dev.migrator.test.TestDatabase;
import java.sql.SQLException;

/**
 * As the peers do it: a row trigger that computes the new column, and batches of 1000 that touch rows so that it fires. The
 * statement is pgroll's, the trigger shorter than the ones that it makes.
 */
final class TriggerTouches implements Way {

    static final String NAME = "row-trigger touches";

    private static final String BATCH =
            """
            WITH batch AS (
              SELECT id FROM items %s ORDER BY id LIMIT 1000 FOR NO KEY UPDATE
            ), touched AS (
              UPDATE items SET id = items.id FROM batch WHERE items.id = batch.id RETURNING items.id
            )
            SELECT id FROM touched ORDER BY id DESC LIMIT 1
            """;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void prepare(TestDatabase db) {
        db.execute(
                "ALTER TABLE items ADD COLUMN cents bigint",
                """
                CREATE FUNCTION items_sync() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  NEW.cents := (NEW.amount * 100)::bigint;
                  RETURN NEW;
                END $$
                """,
                "CREATE TRIGGER items_sync BEFORE INSERT OR UPDATE ON items FOR EACH ROW EXECUTE FUNCTION items_sync()");
    }

    @Override
    public void fill(TestDatabase db) throws SQLException {
        KeyBatches.run(db, BATCH::formatted);
    }

    @Override
    public boolean keepsInStep() {
        return true;
    }
}
