package dev.migrator.test.releases;

import dev.migrator.Phase;
import dev.migrator.test.MigrationDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The places to which a migration is taken, one after the other; at each one the releases that are live there work.
 *
 * @param stops the phases that are complete at each stop; empty: before the first one
 */
record Journey(List<Optional<Phase>> stops) {
    private static final Optional<Phase> BEFORE = Optional.empty();

    Journey {
        stops = List.copyOf(stops);
    }

    /** Forward to each phase and back from it, each a journey of its own. */
    static List<Journey> outAndBack() {
        List<Journey> journeys = new ArrayList<>();
        for (Phase phase : Phase.values()) {
            List<Optional<Phase>> stops = new ArrayList<>(List.of(BEFORE, Optional.of(phase)));
            if (phase == Phase.CONTRACT) {
                stops.add(Optional.of(Phase.VALIDATE));
            }
            if (phase != Phase.PURGE) {
                stops.add(BEFORE);
            }
            journeys.add(new Journey(stops));
        }
        return journeys;
    }

    /** Everything in one: forward, back, and forward again to the end. */
    static Journey whole() {
        return new Journey(List.of(
                BEFORE,
                Optional.of(Phase.EXPAND),
                Optional.of(Phase.BACKFILL),
                Optional.of(Phase.VALIDATE),
                Optional.of(Phase.CONTRACT),
                Optional.of(Phase.VALIDATE),
                BEFORE,
                Optional.of(Phase.VALIDATE),
                Optional.of(Phase.CONTRACT),
                Optional.of(Phase.PURGE)));
    }

    Optional<Phase> stop(int index) {
        return stops.get(index);
    }

    /** Takes the migration from the stop before to this one. */
    void moveTo(int index, MigrationDatabase database) {
        Optional<Phase> to = stop(index);
        boolean back = to.isEmpty()
                || stop(index - 1).filter(from -> to.get().isBefore(from)).isPresent();
        if (to.isEmpty()) {
            database.rollback();
        } else if (back) {
            database.rollbackTo(to.get());
        } else {
            database.advanceTo(to.get());
        }
    }

    static String name(Optional<Phase> stop) {
        return stop.map(Phase::name).orElse("before EXPAND");
    }

    @Override
    public String toString() {
        return stops.stream().map(Journey::name).collect(Collectors.joining(" → "));
    }
}
