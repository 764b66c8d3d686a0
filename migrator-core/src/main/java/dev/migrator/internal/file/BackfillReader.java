package dev.migrator.internal.file;

import dev.migrator.BackfillSettings;
import dev.migrator.BackfillSettings.UserTriggers;
import dev.migrator.throttle.ThrottleSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads {@code backfill}. */
final class BackfillReader {
    private static final String FAILED_ROWS = "failedRows";
    private static final List<String> KEYS = List.of(
            "batchTarget", "workers", "pauseAboveReplicaLag", "throttle", FAILED_ROWS, "showValues", "userTriggers");
    private static final Map<String, UserTriggers> TRIGGERS =
            new TreeMap<>(Map.of("fire", UserTriggers.FIRE, "skip", UserTriggers.SKIP));

    private final Report report;
    private final GatesReader durations;

    BackfillReader(Report report, GatesReader durations) {
        this.report = report;
        this.durations = durations;
    }

    Optional<BackfillSettings> read(YamlNode node) {
        int before = report.size();
        return Keys.of(report, "backfill", node, KEYS).flatMap(keys -> settings(keys, before));
    }

    private Optional<BackfillSettings> settings(Keys keys, int problemsBefore) {
        BackfillSettings defaults = BackfillSettings.defaults();
        Optional<Duration> batchTarget = durations.duration(keys, "batchTarget");
        Optional<Integer> workers = keys.number("workers", "from 1 to 64");
        Optional<Duration> lag = durations.duration(keys, "pauseAboveReplicaLag");
        Optional<ThrottleSettings> throttle =
                keys.find("throttle").flatMap(value -> ThrottleReader.read(report, value));
        Optional<Integer> failedRows = keys.number(FAILED_ROWS, "from 0 on");
        boolean showValues = keys.bool("showValues", defaults.showValues());
        Optional<UserTriggers> triggers = keys.choice("userTriggers", TRIGGERS);
        return report.make(
                "backfill",
                problemsBefore,
                () -> new BackfillSettings(
                        batchTarget.orElse(defaults.batchTarget()),
                        workers.orElse(defaults.workers()),
                        lag,
                        throttle.orElse(defaults.throttle()),
                        failedRows.orElse(defaults.failedRows()),
                        showValues,
                        triggers.orElse(defaults.userTriggers())));
    }
}
