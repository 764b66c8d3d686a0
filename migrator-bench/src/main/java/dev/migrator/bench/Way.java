package dev.migrator.bench;

import dev.migrator.test.TestDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A way to give the table its new column. One instance may do it any number of times, in a database each. */
interface Way {

    /** Its name in the results. */
    String name();

    /** Makes the column, and what the way needs beside it; not measured. */
    void prepare(TestDatabase db) throws SQLException;

    /** Fills the column; this is what is measured. */
    void fill(TestDatabase db) throws SQLException;

    /** Whether rows that an application writes meanwhile get their new column, too. */
    boolean keepsInStep();

    /** Whether there is a new column at all. */
    default boolean fills() {
        return true;
    }

    /** All that run here: the engine first. */
    static List<Way> all(Options options) {
        List<Way> ways = new ArrayList<>(
                List.of(EngineWay.of(options), new PlainUpdate(), new KeysetBatches(), new TriggerTouches()));
        if (PgrollWay.isInstalled()) {
            ways.add(new PgrollWay());
        }
        return ways;
    }
}
