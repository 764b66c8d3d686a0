package dev.migrator.examples.quickstart;

import dev.migrator.MigratorException;
import java.sql.SQLException;

/**
 * Changes a table of half a million rows while two releases of an application read and write it, and takes a second change
 * back, with a PostgreSQL server of its own. Exits with 0 if every request was answered and every row is right.
 */
public final class Quickstart {

    private static final long ROWS = 500_000;
    private static final long FEWEST = 1000;

    private Quickstart() {}

    /**
     * Runs it.
     *
     * @param arguments the number of rows, from 1000; left out: 500000
     */
    public static void main(String[] arguments) {
        int exitCode = run(arguments);
        if (!Server.isExiting()) {
            System.exit(exitCode);
        }
    }

    private static int run(String[] arguments) {
        Console console = new Console(System.out);
        try {
            Story.tell(console, rows(arguments));
            return 0;
        } catch (QuickstartException | MigratorException | SQLException e) {
            if (!Server.isExiting()) {
                console.say("FAILED: %s", e.getMessage());
            }
            return 1;
        }
    }

    private static long rows(String[] arguments) {
        long rows = arguments.length == 0 ? ROWS : Long.parseLong(arguments[0]);
        if (rows < FEWEST) {
            throw new QuickstartException("The number of rows is " + rows + "; at least " + FEWEST + " are needed.");
        }
        return rows;
    }
}
