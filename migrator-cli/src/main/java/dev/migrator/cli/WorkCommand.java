package dev.migrator.cli;

import dev.migrator.MigrationFileException;
import dev.migrator.pg.BackfillHelper;
import dev.migrator.pg.PostgresMigrator;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "work",
        description = {
            "Helps with whatever backfill is under way, led by a migrate in another process, on any machine.",
            "Works until it is interrupted. Safe to start, to stop and to kill at any time, any number of times."
        },
        exitCodeList = {"0:done", "1:failed", "2:wrong usage or file"},
        footer = {"", "Example: migrator work --workers 2 --until-done"})
final class WorkCommand extends Connected {
    private static final Duration LOOK = Duration.ofSeconds(1);

    @Option(
            names = "--workers",
            paramLabel = "N",
            description =
                    "How many batches it runs at the same time, each on a connection (default: ${DEFAULT-VALUE}).")
    private int workers = 1;

    @Option(names = "--until-done", description = "Ends when no backfill is under way, rather than wait for the next.")
    private boolean untilDone;

    @Override
    boolean recordIsEnough() {
        return true;
    }

    @Override
    void unread(MigrationFileException problem) {
        err().println(
                        "warning: the files of the migrations can't be read, so backfills are helped with by the default settings"
                                + " and by what migrator tune says, not by the settings of the files: "
                                + problem.getMessage());
        err().flush();
    }

    @Override
    int run(PostgresMigrator migrator) {
        if (workers < 1 || workers > 64) {
            throw new UsageException("--workers is " + workers + "; it must be from 1 to 64");
        }
        BackfillHelper helper = migrator.helpWithBackfills(workers);
        // An interrupted process lets its open batches end and gives its ranges back.
        Thread end = new Thread(helper::close, "migrator work ends");
        Runtime.getRuntime().addShutdownHook(end);
        try (helper) {
            boolean closed;
            do {
                closed = helper.awaitClosed(LOOK);
            } while (!closed && (!untilDone || helper.isBusy()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        out().println("filled " + helper.rows() + " rows; no backfill is under way now");
        return ExitCode.DONE;
    }
}
