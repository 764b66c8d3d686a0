package dev.migrator.cli;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.engine.PlanRefusedException;
import dev.migrator.pg.MigrationStatus;
import dev.migrator.pg.PostgresMigrator;
import dev.migrator.plan.PlanText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "plan",
        description = {
            "Prints what migrations do: each phase's SQL with its lock and what it blocks, and what preflight finds.",
            "Changes nothing. Without an ID: all that are not finished. Of one that has started, the plan recorded then."
        },
        exitCodeList = {"0:sound", "1:refused by preflight, or failed", "2:wrong usage or file"},
        footer = {"", "Example: migrator plan 0007_rename_user_name"})
final class PlanCommand extends Connected {

    @Parameters(paramLabel = "ID", arity = "0..*", description = "Migrations to plan.")
    private List<String> ids = new ArrayList<>();

    @Mixin
    private final FreeSpace freeSpace = new FreeSpace();

    @Override
    OptionalLong freeSpace() {
        return freeSpace.bytes();
    }

    @Override
    int run(PostgresMigrator migrator) {
        int code = ExitCode.DONE;
        for (MigrationStatus status : migrator.status(ids.toArray(String[]::new))) {
            Optional<Migration> migration = migration(status.id());
            boolean finished = status.position().phase() == Phase.PURGE
                    && status.position().status() == Status.COMPLETE;
            if (ids.isEmpty() && (finished || migration.isEmpty())) {
                continue;
            }
            try {
                print(migrator, status, migration);
            } catch (PlanRefusedException e) {
                err().println(e.getMessage());
                refuse();
                code = ExitCode.FAILED;
            }
        }
        return code;
    }

    private void print(PostgresMigrator migrator, MigrationStatus status, Optional<Migration> migration) {
        Migration defined = migration.orElseThrow(
                () -> new UsageException("Migration " + status.id() + " is on record, but there is no file of it."));
        String plan = PlanText.of(defined, migrator.plan(status.id()).get(0));
        if (status.updatedAt().isPresent()) {
            out().println("# " + status.id() + " stands at " + status.position()
                    + "; this is the plan recorded at its start.");
        }
        out().println(plan);
    }
}
