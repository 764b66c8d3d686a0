package dev.migrator.cli;

import dev.migrator.Uses;
import dev.migrator.pg.InstanceStatus;
import dev.migrator.pg.PostgresMigrator;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "instances",
        description = {
            "Prints the live application instances: their release, and which shape of each migration they use.",
            "An instance counts as live until it is closed or its lease runs out."
        },
        exitCodeList = {"0:printed", "1:failed", "2:wrong usage or file"},
        footer = {"", "Example: migrator instances --json"})
final class InstancesCommand extends Connected {

    @Option(
            names = "--json",
            description =
                    "Prints a JSON array of {id, release, role, application, registeredAt, heartbeatAt, expiresAt,"
                            + " migrations: {ID: {uses, acknowledged}}}.")
    private boolean json;

    @Override
    boolean recordIsEnough() {
        return true;
    }

    @Override
    int run(PostgresMigrator migrator) {
        List<InstanceStatus> instances = migrator.instances();
        if (json) {
            out().println(Json.instances(instances));
        } else if (instances.isEmpty()) {
            out().println("No instance is registered.");
        } else {
            instances.forEach(instance -> out().println(line(instance)));
        }
        return ExitCode.DONE;
    }

    private static String line(InstanceStatus instance) {
        String uses = instance.uses().entrySet().stream()
                .map(entry -> entry.getKey() + " " + use(entry.getValue()))
                .collect(Collectors.joining(", "));
        return instance.id() + "  release " + (instance.release().isEmpty() ? "-" : instance.release()) + "  role "
                + instance.role() + "  last sign of life " + instance.heartbeatAt() + "  "
                + (uses.isEmpty() ? "knows no migration" : uses);
    }

    private static String use(InstanceStatus.Use use) {
        return use.uses() + (use.uses() == Uses.BOTH && !use.acknowledged() ? " (not acknowledged)" : "");
    }
}
