package dev.migrator.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The command inside of another program, such as a build tool: with the same words, checks and messages, but with an
 * environment and writers of that program, and without ending its process. Any number may run at once.
 */
public final class EmbeddedCommand {
    private final Map<String, String> environment;
    private final PrintWriter progress;

    /**
     * A command that runs in an environment.
     *
     * @param environment what stands for the environment variables, MIGRATOR_PASSWORD among them; copied, never shown
     * @param progress who hears what the engine does, line by line, while it does it
     */
    public EmbeddedCommand(Map<String, String> environment, PrintWriter progress) {
        this.environment = Map.copyOf(environment);
        this.progress = progress;
    }

    /**
     * Runs it, and returns when it has ended.
     *
     * @param out what would be its standard output
     * @param err what would be its standard error, without the progress
     * @param arguments what stands after {@code migrator}; no file is read for an argument that begins with {@code @}
     */
    public Ending run(PrintWriter out, PrintWriter err, List<String> arguments) {
        MigratorCommand command = new MigratorCommand(environment, Optional.of(progress));
        int code = Main.execute(Main.line(command, out, err).setExpandAtFiles(false), arguments.toArray(String[]::new));
        progress.flush();
        return Ending.of(code, command.isRefused());
    }

    /** This process's standard output in the encoding that the command writes it in: UTF-8, but for a console of Windows. */
    public static PrintWriter standardOut() {
        return Main.writer(System.out, "sun.stdout.encoding");
    }
}
