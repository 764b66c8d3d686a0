package dev.migrator.cli;

import dev.migrator.pg.PostgresMigrator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "pause",
        description =
                "Asks a migration to stop; an engine at work stops within one batch, in whichever process it runs.",
        exitCodeList = {"0:done", "1:failed", "2:wrong usage or file"},
        footer = {"", "Example: migrator pause 0007_rename_user_name"})
final class PauseCommand extends Connected {

    @Parameters(index = "0", paramLabel = "ID", description = "The migration.")
    private String id = "";

    @Override
    boolean recordIsEnough() {
        return true;
    }

    @Override
    int run(PostgresMigrator migrator) {
        migrator.pause(id);
        out().println(id + ": is asked to pause; go on with: migrator resume " + id);
        return ExitCode.DONE;
    }
}
