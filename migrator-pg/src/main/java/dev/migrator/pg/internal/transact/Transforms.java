package dev.migrator.pg.internal.transact;

import dev.migrator.transform.BatchTransform;
import dev.migrator.transform.TransformSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** What this process can compute, by the names that migrations use. */
public final class Transforms {
    /** Nothing. */
    public static final Transforms NONE = new Transforms(Map.of());

    private final Map<String, Known> known;

    private Transforms(Map<String, Known> known) {
        this.known = Map.copyOf(known);
    }

    /** A function with its settings; its rate is that of all threads of the process together. */
    public static final class Known {
        private final BatchTransform function;
        private final TransformSettings settings;
        private final AtomicInteger left = new AtomicInteger();
        private long free = System.nanoTime();

        public Known(BatchTransform function, TransformSettings settings) {
            this.function = function;
            this.settings = settings;
        }

        public BatchTransform function() {
            return function;
        }

        public TransformSettings settings() {
            return settings;
        }

        /** How many calls that nobody waits for any more have not ended. */
        public AtomicInteger left() {
            return left;
        }

        /** Takes its place in the row of calls; how long to wait before so many rows may be given to it. */
        public synchronized Duration reserve(int rows) {
            if (settings.rowsPerSecond().isEmpty()) {
                return Duration.ZERO;
            }
            long now = System.nanoTime();
            long begin = free - now > 0 ? free : now;
            free = begin + rows * 1_000_000_000L / settings.rowsPerSecond().getAsInt();
            return Duration.ofNanos(begin - now);
        }
    }

    /** The same and one more. */
    public Transforms with(String name, BatchTransform function, TransformSettings settings) {
        Map<String, Known> more = new HashMap<>(known);
        more.put(name, new Known(function, settings));
        return new Transforms(more);
    }

    public Optional<Known> find(String name) {
        return Optional.ofNullable(known.get(name));
    }
}
