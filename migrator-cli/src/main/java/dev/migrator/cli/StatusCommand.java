package dev.migrator.cli;

import dev.migrator.pg.BackfillStatus;
import dev.migrator.pg.MigrationStatus;
import dev.migrator.pg.PostgresMigrator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "status",
        description = "Prints where migrations stand: phase, status, progress, what they wait for and why.",
        footer = {"", "Example: migrator status --json"})
final class StatusCommand extends Connected {

    @Parameters(paramLabel = "ID", arity = "0..*", description = "Migrations to show; none: all.")
    private List<String> ids = new ArrayList<>();

    @Option(names = "--json", description = "Prints a JSON array.")
    private boolean json;

    @Override
    int run(PostgresMigrator migrator) {
        List<MigrationStatus> all = migrator.status(ids.toArray(String[]::new));
        if (json) {
            out().println(Json.status(all));
        } else {
            int width =
                    all.stream().mapToInt(status -> status.id().length()).max().orElse(0);
            all.forEach(status -> print(status, width));
        }
        return ExitCode.DONE;
    }

    private void print(MigrationStatus status, int width) {
        out().println(pad(status.id(), width) + "  " + status.position());
        status.backfill().ifPresent(backfill -> out().println("  backfill: " + progress(backfill)));
        status.waiting().forEach(waiting -> out().println("  waits for " + waiting.gate() + ": " + waiting.reason()));
        status.error().ifPresent(error -> out().println("  error: " + error));
        status.failedRows().forEach(row -> out().println(
                        "  failed row " + row.key() + ": " + row.message() + " (SQLSTATE " + row.sqlState() + ")"));
        if (status.updatedAt().isPresent()) {
            out().println("  rollback: " + status.rollback().how() + ", "
                    + status.rollback().reason());
        }
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static String progress(BackfillStatus backfill) {
        String rate = backfill.rowsPerSecond()
                .map(rows -> String.format(Locale.ROOT, ", %,.0f rows a second", rows))
                .orElse("");
        String rest = backfill.etaSeconds()
                .filter(seconds -> seconds > 0)
                .map(seconds -> ", about " + seconds + " s to go")
                .orElse("");
        return String.format(
                Locale.ROOT,
                "%,d of %,d blocks, %,d rows%s%s, %,d skipped, %,d failed",
                backfill.blocksDone(),
                backfill.blocksTotal(),
                backfill.rows(),
                rate,
                rest,
                backfill.skipped(),
                backfill.failedRows());
    }
}
