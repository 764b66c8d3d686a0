package dev.migrator.bench;

import dev.migrator.test.TestDatabase;

/** One UPDATE of the whole table, in one transaction: every row stays locked until its end. */
final class PlainUpdate implements Way {

    static final String NAME = "plain UPDATE";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void prepare(TestDatabase db) {
        db.execute("ALTER TABLE items ADD COLUMN cents bigint");
    }

    @Override
    public void fill(TestDatabase db) {
        db.execute("UPDATE items SET cents = " + Items.EXPRESSION);
    }

    @Override
    public boolean keepsInStep() {
        return false;
    }
}
