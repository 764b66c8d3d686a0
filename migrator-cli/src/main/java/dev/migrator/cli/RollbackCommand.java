package dev.migrator.cli;

import dev.migrator.Phase;
import dev.migrator.engine.EngineListener;
import dev.migrator.engine.Outcome;
import dev.migrator.pg.PostgresMigrator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "rollback",
        description = {
            "Walks a migration back, from any phase before PURGE; every write made meanwhile is kept in the old shape.",
            "Safe to run again: a rollback that was cut off goes on."
        },
        footer = {"", "Example: migrator rollback 0007_rename_user_name --to VALIDATE"})
final class RollbackCommand extends Connected {

    @Parameters(index = "0", paramLabel = "ID", description = "The migration.")
    private String id = "";

    @Option(
            names = "--to",
            paramLabel = "PHASE",
            description =
                    "The phase that is complete afterwards: ${COMPLETION-CANDIDATES}; left out: to before EXPAND.")
    private @Nullable Phase to;

    @Override
    EngineListener listener() {
        return progress();
    }

    @Override
    Optional<String> only() {
        return Optional.of(id);
    }

    @Override
    int run(PostgresMigrator migrator) {
        Outcome outcome = migrator.rollback(id, Optional.ofNullable(to));
        tellBack(id, outcome);
        return ExitCode.of(outcome);
    }
}
