package dev.migrator.cli;

import dev.migrator.engine.CompareReport;
import dev.migrator.pg.PostgresMigrator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "verify",
        description = "Compares the two shapes of every row now, read-only.",
        exitCodeList = {"0:they agree", "1:some rows differ, or failed", "2:wrong usage or file"},
        footer = {"", "Example: migrator verify 0007_rename_user_name"})
final class VerifyCommand extends Connected {

    @Parameters(index = "0", paramLabel = "ID", description = "The migration.")
    private String id = "";

    @Override
    int run(PostgresMigrator migrator) {
        ProgressListener progress = progress();
        CompareReport report = migrator.verify(id, current -> progress.progress(id, current));
        progress.finish();
        if (report.differing() == 0) {
            out().println(id + ": both shapes of all " + report.rows() + " rows agree");
            return ExitCode.DONE;
        }
        out().println(id + ": of " + report.rows() + " rows " + report.differing() + " differ; the first are:");
        report.examples().forEach(example -> out().println("  " + example));
        return ExitCode.FAILED;
    }
}
