package dev.migrator.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "instances",
        description =
                "Prints the live application instances. In this version no instance registers itself, so there are none.",
        exitCodeList = {"0:printed", "2:wrong usage"},
        footer = {"", "Example: migrator instances --json"})
final class InstancesCommand implements Callable<Integer> {

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--json", description = "Prints a JSON array.")
    private boolean json;

    @Override
    public Integer call() {
        CommandSpec present = spec;
        if (present == null) {
            throw new IllegalStateException("picocli has not filled in the command");
        }
        present.commandLine().getErr().println("In this version no instance registers itself; gates go by approvals.");
        if (json) {
            present.commandLine().getOut().println("[]");
        }
        return ExitCode.DONE;
    }
}
