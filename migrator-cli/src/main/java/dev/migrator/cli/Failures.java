package dev.migrator.cli;

import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.migrator.MigrationFileException;
import dev.migrator.MigratorException;
import dev.migrator.pg.UnknownMigrationException;
import java.io.PrintWriter;
import picocli.CommandLine;

/** Turns exceptions into a message for people and an exit code. */
final class Failures implements CommandLine.IExecutionExceptionHandler {

    @Override
    public int handleExecutionException(Exception e, CommandLine line, CommandLine.ParseResult parsed) {
        PrintWriter err = line.getErr();
        if (e instanceof MigrationFileException || e instanceof UnknownMigrationException) {
            err.println(e.getMessage());
            return ExitCode.USAGE;
        } else if (e instanceof PoolInitializationException) {
            err.println("No connection to the database; nothing was done. " + rootMessage(e));
        } else if (e instanceof MigratorException) {
            err.println(e.getMessage());
        } else {
            err.println("The migrator met something it did not expect: " + e
                    + "\nWhat is recorded is as the database committed it; run `migrator status`, and please report this with"
                    + " the output of --verbose.");
        }
        if (Logging.isVerbose()) {
            e.printStackTrace(err);
        }
        return ExitCode.FAILED;
    }

    private static String rootMessage(Throwable e) {
        Throwable root = e;
        while (root.getCause() instanceof java.sql.SQLException cause) {
            root = cause;
        }
        return String.valueOf(root.getMessage());
    }

    /** What a wrong use of the command answers. */
    static int usage(CommandLine.ParameterException e, String[] arguments) {
        CommandLine line = e.getCommandLine();
        line.getErr().println(e.getMessage());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, line.getErr())) {
            line.getErr().println("See: " + line.getCommandSpec().qualifiedName() + " --help");
        }
        return ExitCode.USAGE;
    }
}
