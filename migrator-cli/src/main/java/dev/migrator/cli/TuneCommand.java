package dev.migrator.cli;

import dev.migrator.pg.PostgresMigrator;
import dev.migrator.throttle.Knobs;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "tune",
        description = {
            "Changes settings of a migration's backfill while it runs, in whichever process; they go before those of its file.",
            "The value `default` takes a change back: what the file says holds again."
        },
        exitCodeList = {"0:done", "1:failed", "2:wrong usage or file"},
        footer = {
            "",
            "Example: migrator tune 0007_rename_user_name --batch-target 20ms --throttle replicaLag=2s..10s",
            "",
            "10s: stops above it, slow from half of it; 2s..10s: slow above 2s, stops above 10s; 2s..: slow only;",
            "..10s: stops only; off: not looked at."
        })
final class TuneCommand extends Connected {

    @Parameters(index = "0", paramLabel = "ID", description = "The migration.")
    private String id = "";

    @Option(names = "--batch-target", paramLabel = "TIME", description = "How long a batch should hold its row locks.")
    private @Nullable String batchTarget;

    @Option(names = "--workers", paramLabel = "N", description = "How many batches run at the same time.")
    private @Nullable String workers;

    @Option(
            names = "--pause-above-replica-lag",
            paramLabel = "TIME",
            description = "The replica lag above which it pauses, or off.")
    private @Nullable String replicaLag;

    @Option(
            names = "--throttle",
            paramLabel = "KEY=VALUE",
            description =
                    "A setting of the throttle, as under backfill.throttle in the file; may be given several times.")
    private Map<String, String> throttle = new LinkedHashMap<>();

    @Option(names = "--reset", description = "Takes all earlier changes back first.")
    private boolean reset;

    @Override
    boolean recordIsEnough() {
        return true;
    }

    @Override
    int run(PostgresMigrator migrator) {
        Knobs knobs = knobs();
        Map<String, String> now = reset ? migrator.retune(id, knobs) : migrator.tune(id, knobs);
        out().println(id + ": "
                + (now.isEmpty()
                        ? "as in the file"
                        : "tuned: "
                                + now.entrySet().stream()
                                        .map(knob -> knob.getKey() + "=" + knob.getValue())
                                        .collect(Collectors.joining(", "))));
        return ExitCode.DONE;
    }

    private Knobs knobs() {
        Map<String, String> values = new LinkedHashMap<>();
        put(values, "batchTarget", batchTarget);
        put(values, "workers", workers);
        put(values, "pauseAboveReplicaLag", replicaLag);
        throttle.forEach((key, value) -> values.put(Knobs.THROTTLE + key, value));
        if (values.isEmpty() && !reset) {
            throw new UsageException("What is to change? Give at least one of --batch-target, --workers,"
                    + " --pause-above-replica-lag, --throttle and --reset. Nothing was changed.");
        }
        try {
            return new Knobs(values);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage() + ". Nothing was changed.");
        }
    }

    private static void put(Map<String, String> values, String key, @Nullable String value) {
        if (value != null) {
            values.put(key, value);
        }
    }
}
