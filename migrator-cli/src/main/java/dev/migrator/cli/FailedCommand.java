package dev.migrator.cli;

import dev.migrator.pg.FailedRow;
import dev.migrator.pg.PostgresMigrator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "failed",
        description = "Prints all rows that the backfill could not fill, each with its key and why. Changes nothing.",
        exitCodeList = {"0:printed, also if there is none", "1:failed", "2:wrong usage or file"},
        footer = {"", "Example: migrator failed 0007_rename_user_name --json"})
final class FailedCommand extends Connected {

    @Parameters(index = "0", paramLabel = "ID", description = "The migration.")
    private String id = "";

    @Option(names = "--json", description = "Prints a JSON array of {key, sqlState, message}.")
    private boolean json;

    @Override
    boolean recordIsEnough() {
        return true;
    }

    @Override
    int run(PostgresMigrator migrator) {
        List<FailedRow> rows = migrator.failedRows(id);
        if (json) {
            out().println(Json.failedRows(rows));
        } else {
            rows.forEach(row -> out().println(line(row)));
        }
        return ExitCode.DONE;
    }

    static String line(FailedRow row) {
        return row.key() + ": " + row.message() + " (SQLSTATE " + row.sqlState() + ")";
    }
}
