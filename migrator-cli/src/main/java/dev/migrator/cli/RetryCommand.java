package dev.migrator.cli;

import dev.migrator.pg.PostgresMigrator;
import dev.migrator.pg.RetryResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "retry",
        description = {
            "Tries the rows again that the backfill could not fill, and no others: after you have mended them.",
            "Prints how many are mended and which still fail. The migration goes on with migrate."
        },
        exitCodeList = {"0:none is left", "1:some still fail, or failed", "2:wrong usage or file"},
        footer = {"", "Example: migrator retry 0007_rename_user_name"})
final class RetryCommand extends Connected {

    @Parameters(index = "0", paramLabel = "ID", description = "The migration.")
    private String id = "";

    @Override
    boolean recordIsEnough() {
        return true;
    }

    @Override
    int run(PostgresMigrator migrator) {
        RetryResult result = migrator.retry(id);
        int failing = result.failing().size();
        out().println(id + ": " + result.mended() + " mended, " + failing + " still "
                + (failing == 1 ? "fails" : "fail")
                + (failing == 0 ? "; go on with: migrator migrate " + id : ":"));
        result.failing().forEach(row -> out().println("  " + FailedCommand.line(row)));
        if (result.rewritten()) {
            out().println(
                            "  The table was rewritten since (VACUUM FULL, CLUSTER), so that rows can't be tried alone: run"
                                    + " migrator migrate " + id + ", which looks at all that is pending again.");
        }
        return failing == 0 ? ExitCode.DONE : ExitCode.FAILED;
    }
}
