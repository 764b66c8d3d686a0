package dev.migrator.engine;

import dev.migrator.Migration;
import dev.migrator.plan.Plan;

/** Turns a migration into a plan; reads the catalog, lets the server check every expression, and changes nothing. */
public interface Planner {

    /**
     * Plans a migration.
     *
     * @throws PlanRefusedException with all findings at once, if the migration can't be run as it is
     */
    Plan plan(Migration migration);
}
