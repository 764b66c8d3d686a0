package dev.migrator.cli;

import dev.migrator.Phase;
import dev.migrator.pg.PostgresMigrator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "approve",
        description = "Records that a person lets a phase of a migration begin, beside the session's own user.",
        exitCodeList = {"0:done", "1:failed", "2:wrong usage or file"},
        footer = {
            "",
            "Example: migrator approve 0007_rename_user_name CONTRACT --by ann --reason \"old release is gone\""
        })
final class ApproveCommand extends Connected {

    @Parameters(index = "0", paramLabel = "ID", description = "The migration.")
    private String id = "";

    @Parameters(index = "1", paramLabel = "PHASE", description = "The phase: ${COMPLETION-CANDIDATES}.")
    private Phase phase = Phase.CONTRACT;

    @Option(names = "--by", required = true, paramLabel = "NAME", description = "Who approves.")
    private String by = "";

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
    private String reason = "";

    @Override
    int run(PostgresMigrator migrator) {
        if (by.isBlank() || reason.isBlank()) {
            throw new UsageException("An approval says who gives it (--by) and why (--reason); one of them is blank.");
        }
        migrator.approve(id, phase, by, reason);
        out().println(id + ": " + phase + " is approved by " + by);
        return ExitCode.DONE;
    }
}
