package dev.migrator.bench;

import java.io.IOException;
import java.sql.SQLException;

/** One question, measured in rounds. */
interface Scenario {

    /** Its name in {@code bench.scenarios} and in the results. */
    String name();

    /** The question, for people. */
    String description();

    /** Measures, and adds the rounds and how the targets were met to the results. */
    void run(Bench bench) throws SQLException, IOException, InterruptedException;
}
