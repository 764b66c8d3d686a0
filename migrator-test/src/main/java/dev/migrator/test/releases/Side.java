package dev.migrator.test.releases;

import dev.migrator.Phase;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Which of the two releases. */
enum Side {
    OLD,
    NEW;

    /** Those that may read and write everything when a phase is complete; the architecture's promise. */
    static Set<Side> liveAt(Optional<Phase> complete) {
        if (complete.isEmpty() || complete.get().isBefore(Phase.VALIDATE)) {
            return EnumSet.of(OLD);
        }
        return complete.get() == Phase.VALIDATE ? EnumSet.allOf(Side.class) : EnumSet.of(NEW);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
