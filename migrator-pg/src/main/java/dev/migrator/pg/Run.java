package dev.migrator.pg;

import dev.migrator.Direction;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.engine.MigrationState;
import dev.migrator.engine.Outcome;
import dev.migrator.engine.PlanRefusedException;
import dev.migrator.engine.Position;
import dev.migrator.engine.StepFailure;
import dev.migrator.engine.StepState;
import dev.migrator.engine.Waiting;
import dev.migrator.pg.internal.state.PgStore;
import dev.migrator.plan.Plan;
import dev.migrator.plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Takes several migrations forward, in their order. */
final class Run {
    private static final Position BEFORE_ALL = new Position(Phase.EXPAND, Status.PENDING, Direction.FORWARD);

    private final StartOrder order;
    private final Engines engines;
    private final PgStore store;

    Run(StartOrder order, Engines engines, PgStore store) {
        this.order = order;
        this.engines = engines;
        this.store = store;
    }

    /** A failure before anything was done. */
    static Outcome failedBefore(String message) {
        return new Outcome.Failed(BEFORE_ALL, message);
    }

    /** The plan as it would be now; of a migration that has started, the recorded one. */
    Plan plan(Migration migration) {
        return store.find(migration.id())
                .filter(state -> !state.isRolledBack())
                .map(this::recorded)
                .orElseGet(() -> engines.planner().plan(migration));
    }

    private Plan recorded(MigrationState state) {
        List<Step> steps = store.steps(state.id()).stream().map(StepState::step).toList();
        return new Plan(state.id(), steps, List.of(), List.of(), state.fingerprint());
    }

    /** For what a migration that has not started would wait. */
    Stream<Waiting> inTheWayOf(Migration migration) {
        return order.inTheWayOf(migration).stream();
    }

    /**
     * Advances migrations, until one fails.
     *
     * @param named whether they were named, so that those start again that were rolled back
     */
    List<MigrationResult> migrate(List<Migration> migrations, Phase to, boolean named) {
        return migrate(migrations, to, named, () -> false);
    }

    /** As {@link #migrate(List, Phase, boolean)}, until it is told to stop. */
    List<MigrationResult> migrate(List<Migration> migrations, Phase to, boolean named, BooleanSupplier stopped) {
        List<MigrationResult> results = new ArrayList<>();
        for (Migration migration : migrations) {
            Outcome outcome = advance(migration, to, named, stopped);
            results.add(new MigrationResult(migration.id(), outcome));
            if (outcome instanceof Outcome.Failed || stopped.getAsBoolean()) {
                break;
            }
        }
        return List.copyOf(results);
    }

    private Outcome advance(Migration migration, Phase to, boolean named, BooleanSupplier stopped) {
        try {
            Optional<Waiting> inTheWay = order.inTheWayOf(migration);
            return inTheWay.isPresent()
                    ? new Outcome.Waits(Phase.EXPAND, List.of(inTheWay.get()))
                    : engines.engine(migration, stopped).migrate(migration, to, named);
        } catch (PlanRefusedException | StepFailure e) {
            return failedBefore(String.valueOf(e.getMessage()));
        }
    }
}
