package dev.migrator.examples.quickstart;

import dev.migrator.MigratorException;
import java.sql.SQLException;

/**
 * Changes a table of half a million rows while two releases of an application read and write it, and takes a second change
 * back, with a PostgreSQL server of its own. Exits with 0 if every request was answered and every row is right.
 */
public final class Quickstart {

    private static final long ROWS = 500_000;
    private static final int REQUESTS = 300;

    private Quickstart() {}

    /**
     * Runs it.
     *
     * @param arguments the number of rows, 1000 or more; left out: 500000
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
            Story.tell(console, rows(arguments), REQUESTS);
            return 0;
        } catch (RuntimeException | SQLException e) {
            if (!Server.isExiting()) {
                console.say("FAILED: %s", reason(e));
            }
            return 1;
        }
    }

    private static String reason(Exception e) {
        boolean saysItAll = e instanceof QuickstartException || e instanceof MigratorException;
        return saysItAll ? String.valueOf(e.getMessage()) : e.toString();
    }

    private static long rows(String[] arguments) {
        String rows = arguments.length == 0 ? String.valueOf(ROWS) : arguments[0];
        if (!rows.matches("[1-9][0-9]{3,8}")) {
            throw new QuickstartException("The number of rows is " + rows + "; it must be from 1000 to 999999999.");
        }
        return Long.parseLong(rows);
    }
}
