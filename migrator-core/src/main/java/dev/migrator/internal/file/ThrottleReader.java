package dev.migrator.internal.file;

import dev.migrator.throttle.ThrottleKey;
import dev.migrator.throttle.ThrottleSettings;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Reads {@code backfill.throttle}: one value a key, in the form that the command takes, too. */
final class ThrottleReader {
    private static final String PATH = "backfill.throttle";

    private ThrottleReader() {}

    static Optional<ThrottleSettings> read(Report report, YamlNode node) {
        int before = report.size();
        return Keys.of(report, PATH, node, ThrottleKey.keys()).flatMap(keys -> {
            Map<ThrottleKey, String> values = new EnumMap<>(ThrottleKey.class);
            for (ThrottleKey key : ThrottleKey.values()) {
                keys.optionalText(key.key()).ifPresent(text -> values.put(key, text));
            }
            return report.make(PATH, before, () -> new ThrottleSettings(values));
        });
    }
}
