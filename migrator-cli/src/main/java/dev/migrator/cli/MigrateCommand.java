package dev.migrator.cli;

import dev.migrator.Phase;
import dev.migrator.engine.EngineListener;
import dev.migrator.pg.MigrationResult;
import dev.migrator.pg.PostgresMigrator;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "migrate",
        description = {
            "Advances migrations as far as their gates allow, or to the end of the phase named.",
            "Safe to run again and by many at once: what is done is not done twice, and what was cut off goes on."
        },
        footer = {"", "Example: migrator migrate --to VALIDATE"})
final class MigrateCommand extends Connected {

    @Parameters(
            paramLabel = "ID",
            arity = "0..*",
            description =
                    "Migrations to advance; none: all, in the order of their files. One that was rolled back starts again"
                            + " only if it is named.")
    private List<String> ids = new ArrayList<>();

    @Mixin
    private final FreeSpace freeSpace = new FreeSpace();

    @Override
    OptionalLong freeSpace() {
        return freeSpace.bytes();
    }

    @Option(names = "--to", paramLabel = "PHASE", description = "The last phase to complete: ${COMPLETION-CANDIDATES}.")
    private Phase to = Phase.PURGE;

    @Override
    EngineListener listener() {
        return progress();
    }

    @Override
    int run(PostgresMigrator migrator) {
        List<MigrationResult> results = migrator.migrate(to, ids.toArray(String[]::new));
        results.forEach(result -> tell(result.id(), result.outcome()));
        out().flush();
        return ExitCode.of(results);
    }
}
