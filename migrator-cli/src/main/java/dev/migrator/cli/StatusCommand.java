package dev.migrator.cli;

import dev.migrator.pg.MigrationStatus;
import dev.migrator.pg.PostgresMigrator;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "status",
        description =
                "Prints where migrations stand: phase, status, progress, what they wait for and why. Changes nothing.",
        exitCodeList = {"0:printed, wherever they stand", "1:failed", "2:wrong usage or file"},
        footer = {"", "Example: migrator status --json"})
final class StatusCommand extends Connected {

    @Parameters(paramLabel = "ID", arity = "0..*", description = "Migrations to show; none: all.")
    private List<String> ids = new ArrayList<>();

    @Option(names = "--json", description = "Prints a JSON array.")
    private boolean json;

    @Override
    int run(PostgresMigrator migrator) {
        List<MigrationStatus> all = migrator.status(ids.toArray(String[]::new));
        if (json) {
            out().println(Json.status(all));
        } else {
            out().print(StatusText.of(all));
        }
        return ExitCode.DONE;
    }
}
