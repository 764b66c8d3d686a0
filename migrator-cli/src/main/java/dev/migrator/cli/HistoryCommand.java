package dev.migrator.cli;

import dev.migrator.engine.Event;
import dev.migrator.pg.PostgresMigrator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "history",
        description = "Prints everything that happened to a migration, in order: when, what, and who.",
        exitCodeList = {"0:done", "1:failed", "2:wrong usage or file"},
        footer = {"", "Example: migrator history 0007_rename_user_name --json"})
final class HistoryCommand extends Connected {

    @Parameters(index = "0", paramLabel = "ID", description = "The migration.")
    private String id = "";

    @Option(names = "--json", description = "Prints a JSON array of {at, phase, event, actor, release, detail}.")
    private boolean json;

    @Override
    boolean recordIsEnough() {
        return true;
    }

    @Override
    int run(PostgresMigrator migrator) {
        List<Event> events = migrator.history(id);
        if (json) {
            out().println(Json.history(events));
        } else {
            events.forEach(event -> out().println(line(event)));
        }
        return ExitCode.DONE;
    }

    private static String line(Event event) {
        String release = event.release().isEmpty() ? "" : ", release " + event.release();
        String detail = event.detail().isEmpty() ? "" : ": " + event.detail();
        return event.at() + "  " + event.phase() + "  " + event.event() + "  by " + event.actor() + release + detail;
    }
}
