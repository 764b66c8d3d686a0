package dev.migrator.cli;

import dev.migrator.MigrationFileException;
import dev.migrator.MigratorException;
import dev.migrator.engine.PlanRefusedException;
import dev.migrator.pg.ApprovalRefusedException;
import dev.migrator.pg.UnknownMigrationException;
import java.io.PrintWriter;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** Turns exceptions into a message for people and an exit code; with {@code --verbose}, also shows where they come from. */
final class Failures implements CommandLine.IExecutionExceptionHandler {
    private final MigratorCommand command;

    Failures(MigratorCommand command) {
        this.command = command;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine line, CommandLine.ParseResult parsed) {
        // Made here and not before: only now is it certain that --verbose was read.
        LoggerFactory.getLogger(Failures.class).debug("The command failed", e);
        PrintWriter err = line.getErr();
        if (e instanceof PlanRefusedException || e instanceof ApprovalRefusedException) {
            command.refuse();
        }
        boolean usage = e instanceof MigrationFileException
                || e instanceof UnknownMigrationException
                || e instanceof UsageException;
        if (usage || e instanceof MigratorException) {
            err.println(e.getMessage());
        } else {
            err.println("The migrator met something it did not expect: " + e
                    + "\nWhat is recorded is as the database committed it; run `migrator status`, and please report this with"
                    + " the output of --verbose.");
        }
        return usage ? ExitCode.USAGE : ExitCode.FAILED;
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
