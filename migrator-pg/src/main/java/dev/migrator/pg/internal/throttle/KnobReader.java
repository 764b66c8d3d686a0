package dev.migrator.pg.internal.throttle;

import dev.migrator.BackfillSettings;
import dev.migrator.throttle.Knobs;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes settings of what the file says and what is recorded as knobs, by whatever version of this library. */
final class KnobReader {
    private static final Logger LOG = LoggerFactory.getLogger(KnobReader.class);

    private final String migration;
    private final BackfillSettings file;
    private final Set<String> warned = new HashSet<>();

    KnobReader(String migration, BackfillSettings file) {
        this.migration = migration;
        this.file = file;
    }

    /**
     * Settings.
     *
     * @param settings what holds
     * @param problem what is recorded and can't be read, though the knob is known
     */
    record Result(BackfillSettings settings, Optional<String> problem) {}

    Result read(List<String> keys, List<String> values) {
        Map<String, String> recorded = new TreeMap<>();
        for (int i = 0; i < keys.size(); i++) {
            recorded.put(keys.get(i), values.get(i));
        }
        for (String key : Knobs.unknown(recorded)) {
            recorded.remove(key);
            if (warned.add(key)) {
                LOG.warn("Migration {}: the knob {} is not known to this version and has no effect", migration, key);
            }
        }
        Knobs knobs = Knobs.none();
        Optional<String> problem = Optional.empty();
        for (Map.Entry<String, String> knob : recorded.entrySet()) {
            try {
                knobs = knobs.with(knob.getKey(), knob.getValue());
            } catch (IllegalArgumentException e) {
                problem = Optional.of("a knob can't be read: " + e.getMessage());
            }
        }
        return new Result(knobs.over(file), problem);
    }
}
