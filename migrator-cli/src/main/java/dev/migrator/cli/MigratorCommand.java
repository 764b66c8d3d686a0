package dev.migrator.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command itself: its connection, and the commands beneath it. */
@Command(
        name = "migrator",
        description = "Changes the schema of a PostgreSQL database under a running application.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = MigratorCommand.Version.class,
        subcommands = {
            PlanCommand.class,
            MigrateCommand.class,
            WorkCommand.class,
            StatusCommand.class,
            ApproveCommand.class,
            PauseCommand.class,
            FailedCommand.class,
            RetryCommand.class,
            ResumeCommand.class,
            TuneCommand.class,
            RollbackCommand.class,
            VerifyCommand.class,
            HistoryCommand.class,
            InstancesCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done, or as far as asked",
            "1:failed: what, why, what was left and what to do stand on stderr",
            "2:wrong usage or file",
            "3:waiting at a gate: which, and why",
            "4:paused"
        },
        footer = {
            "",
            "The password comes from the environment variable MIGRATOR_PASSWORD, or from ~/.pgpass; it is never an option.",
            "",
            "Example:",
            "  migrator --url jdbc:postgresql://db/shop --user shop_owner migrate --to VALIDATE"
        })
final class MigratorCommand implements Runnable {

    private final Map<String, String> environment;
    private final Optional<PrintWriter> progress;
    private boolean refused;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--url",
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            description = "The database, jdbc:postgresql://host:port/name; else the environment variable MIGRATOR_URL.")
    private @Nullable String url;

    @Option(
            names = "--direct-url",
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            description = "The same database without a pooler between, for index builds; left out: the same URL.")
    private @Nullable String directUrl;

    @Option(
            names = "--user",
            paramLabel = "NAME",
            scope = ScopeType.INHERIT,
            description = "The role, the owner of the tables; else the environment variable MIGRATOR_USER.")
    private @Nullable String user;

    @Option(
            names = "--migrations",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            defaultValue = "db/migrator",
            description = "The folder with the migration files (default: ${DEFAULT-VALUE}).")
    private Path migrations = Path.of("db/migrator");

    @Option(
            names = "--state-schema",
            paramLabel = "NAME",
            scope = ScopeType.INHERIT,
            defaultValue = "migrator",
            description = "The schema of the migrator's own tables (default: ${DEFAULT-VALUE}).")
    private String stateSchema = "migrator";

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Shows every statement on stderr.")
    void verbose(boolean on) {
        if (on) {
            Logging.verbose();
        }
    }

    /**
     * The command in its surroundings.
     *
     * @param environment the environment variables
     * @param progress who hears what the engine does; empty: stderr, with a bar if it is a terminal
     */
    MigratorCommand(Map<String, String> environment, Optional<PrintWriter> progress) {
        this.environment = environment;
        this.progress = progress;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                line(),
                "Which command? One of: "
                        + String.join(", ", line().getSubcommands().keySet()));
    }

    private CommandLine line() {
        CommandSpec present = spec;
        if (present == null) {
            throw new IllegalStateException("picocli has not filled in the command");
        }
        return present.commandLine();
    }

    /** The connection, from options and environment. */
    ConnectionSettings connection() {
        return ConnectionSettings.of(
                Optional.ofNullable(url), Optional.ofNullable(directUrl), Optional.ofNullable(user), environment);
    }

    Path migrations() {
        return migrations;
    }

    String stateSchema() {
        return stateSchema;
    }

    ProgressListener progress(PrintWriter err) {
        return progress.map(ProgressListener::plain).orElseGet(() -> ProgressListener.onStderr(err));
    }

    /** Notes that a migration or an approval is refused, which no exit code tells from other failures. */
    void refuse() {
        refused = true;
    }

    boolean isRefused() {
        return refused;
    }

    /** The version, from the jar. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = MigratorCommand.class.getPackage().getImplementationVersion();
            return new String[] {"migrator " + Optional.ofNullable(version).orElse("(not from a jar)")};
        }
    }
}
