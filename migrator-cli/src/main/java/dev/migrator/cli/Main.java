package dev.migrator.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** Starts the {@code migrator} command. */
public final class Main {
    private Main() {}

    /**
     * Runs the command and ends the process with its exit code.
     *
     * @param arguments what stands after {@code migrator}
     */
    public static void main(String[] arguments) {
        Logging.quiet();
        System.exit(
                run(writer(System.out, "sun.stdout.encoding"), writer(System.err, "sun.stderr.encoding"), arguments));
    }

    /** UTF-8 whatever the locale, in which a container often has no letters but ASCII; a console of Windows as it is. */
    private static PrintWriter writer(PrintStream stream, String encodingProperty) {
        boolean windows = System.getProperty("os.name", "").startsWith("Windows");
        String console = System.getProperty(encodingProperty, "");
        Charset charset = windows && !console.isEmpty() ? Charset.forName(console) : StandardCharsets.UTF_8;
        return new PrintWriter(new OutputStreamWriter(stream, charset), true);
    }

    /** Runs the command and tells its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        CommandLine line = new CommandLine(new MigratorCommand());
        line.setOut(out);
        line.setErr(err);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler(new Failures());
        line.setParameterExceptionHandler(Failures::usage);
        int code = line.execute(arguments);
        out.flush();
        err.flush();
        return code;
    }
}
