package dev.migrator.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;

/** Starts the {@code migrator} command. */
public final class Main {
    /** Commands that are run for their output; the others have done something when it is cut off. */
    private static final Set<String> ONLY_TELLING = Set.of("plan", "status", "history", "instances", "verify");

    private Main() {}

    /**
     * Runs the command and ends the process with its exit code.
     *
     * @param arguments what stands after {@code migrator}
     */
    public static void main(String[] arguments) {
        Logging.quiet();
        int code = run(writer(System.out, "sun.stdout.encoding"), writer(System.err, "sun.stderr.encoding"), arguments);
        boolean lost = System.out.checkError() && List.of(arguments).stream().anyMatch(ONLY_TELLING::contains);
        if (lost && code == ExitCode.DONE) {
            System.err.println("The output could not be written: is the disk full, or the reader gone?");
            code = ExitCode.FAILED;
        }
        System.exit(code);
    }

    /** UTF-8 whatever the locale, in which a container often has no letters but ASCII; a console of Windows as it is. */
    static PrintWriter writer(PrintStream stream, String encodingProperty) {
        boolean windows = System.getProperty("os.name", "").startsWith("Windows");
        String console = System.getProperty(encodingProperty, "");
        Charset charset = windows && !console.isEmpty() ? Charset.forName(console) : StandardCharsets.UTF_8;
        return new PrintWriter(new OutputStreamWriter(stream, charset), true);
    }

    /** Runs the command and tells its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        return execute(line(new MigratorCommand(System.getenv(), Optional.empty()), out, err), arguments);
    }

    static CommandLine line(MigratorCommand command, PrintWriter out, PrintWriter err) {
        CommandLine line = new CommandLine(command);
        line.setOut(out);
        line.setErr(err);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler(new Failures(command));
        line.setParameterExceptionHandler(Failures::usage);
        return line;
    }

    static int execute(CommandLine line, String... arguments) {
        int code = line.execute(arguments);
        line.getOut().flush();
        line.getErr().flush();
        return code;
    }
}
