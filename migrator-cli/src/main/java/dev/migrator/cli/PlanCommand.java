package dev.migrator.cli;

import dev.migrator.engine.PlanRefusedException;
import dev.migrator.pg.MigrationStatus;
import dev.migrator.pg.PostgresMigrator;
import dev.migrator.plan.PlanText;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "plan",
        description = {
            "Prints what migrations would do: each phase's SQL with its lock and what it blocks, and what preflight finds.",
            "Changes nothing. Without an ID: all that have not started."
        },
        footer = {
            "",
            "Example: migrator plan 0007_rename_user_name",
            "Exit codes: 0 sound, 1 refused, 2 wrong usage or file"
        })
final class PlanCommand extends Connected {

    @Parameters(paramLabel = "ID", arity = "0..*", description = "Migrations to plan.")
    private List<String> ids = new ArrayList<>();

    @Override
    int run(PostgresMigrator migrator) {
        int code = ExitCode.DONE;
        for (MigrationStatus status : migrator.status(ids.toArray(String[]::new))) {
            boolean started = status.updatedAt().isPresent();
            if (started && ids.isEmpty()) {
                continue;
            }
            try {
                out().println(PlanText.of(
                        migration(status.id()), migrator.plan(status.id()).get(0)));
            } catch (PlanRefusedException e) {
                err().println(e.getMessage());
                code = ExitCode.FAILED;
            }
        }
        out().flush();
        return code;
    }
}
