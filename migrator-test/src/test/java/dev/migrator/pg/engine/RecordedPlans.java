package dev.migrator.pg.engine;

import dev.migrator.Migration;
import dev.migrator.engine.MigrationStore;
import dev.migrator.engine.Planner;
import dev.migrator.plan.Plan;

/**
 * The planner of an engine that may be of another build than the one that started the migration: what it would plan now need
 * not be what is recorded, so that to ask it for a migration under way is a fault.
 */
record RecordedPlans(Planner planner, MigrationStore store) implements Planner {
    @Override
    public Plan plan(Migration migration) {
        if (store.find(migration.id()).filter(state -> !state.isRolledBack()).isPresent()) {
            throw new AssertionError("planned anew while it is under way: " + migration.id());
        }
        return planner.plan(migration);
    }
}
