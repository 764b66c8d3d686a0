package dev.migrator.cli;

import dev.migrator.pg.PostgresMigrator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "resume",
        description = "Lets a paused migration go on; the next `migrate`, or an engine that waits, takes it up.",
        exitCodeList = {"0:done", "1:failed", "2:wrong usage or file"},
        footer = {"", "Example: migrator resume 0007_rename_user_name"})
final class ResumeCommand extends Connected {

    @Parameters(index = "0", paramLabel = "ID", description = "The migration.")
    private String id = "";

    @Override
    boolean recordIsEnough() {
        return true;
    }

    @Override
    int run(PostgresMigrator migrator) {
        migrator.resume(id);
        out().println(id + ": may go on; run: migrator migrate " + id);
        return ExitCode.DONE;
    }
}
