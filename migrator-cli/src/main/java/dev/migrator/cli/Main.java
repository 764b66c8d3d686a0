package dev.migrator.cli;

import picocli.CommandLine;

/** Starts the {@code migrator} command. */
public final class Main {
    private Main() {}

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Runs the command and tells its exit code. */
    static int run(String... arguments) {
        CommandLine line = new CommandLine(new MigratorCommand());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler(new Failures());
        line.setParameterExceptionHandler(Failures::usage);
        return line.execute(arguments);
    }
}
