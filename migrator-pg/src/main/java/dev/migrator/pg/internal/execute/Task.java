package dev.migrator.pg.internal.execute;

import dev.migrator.engine.Lease;
import dev.migrator.engine.StepControl;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.plan.Action;
import dev.migrator.plan.Step;

/** One step to take, one way, under one lease. */
record Task(Lease lease, Step step, StepControl control, Way way) {

    /** The same, with another control. */
    Task with(StepControl other) {
        return new Task(lease, step, other, way);
    }

    int ordinal() {
        return step.ordinal();
    }

    /** The statement that records that this is done; error MG002 if it is recorded already. */
    String recorded(StateSql sql) {
        return way == Way.FORWARD ? sql.stepDone(lease, ordinal()) : sql.stepUndone(lease, ordinal());
    }

    /** The query that has to be true before the record may commit; empty if there is none. */
    String doneWhen() {
        return way == Way.FORWARD ? step.doneWhen() : "";
    }

    /** Whether the table's own triggers are left out. */
    boolean skipsUserTriggers() {
        return step.action() instanceof Action.Backfill backfill && backfill.skipsUserTriggers();
    }

    /** The condition on this step's row in the table of steps, and on its rows in tables of the same key. */
    String isMine(StateSql sql) {
        return sql.isOf(lease.migration()) + " AND ordinal = " + ordinal();
    }

    /** As {@link #isMine(StateSql)}, on a table that goes by another name. */
    String isMine(StateSql sql, String alias) {
        return sql.isOf(alias, lease.migration()) + " AND " + alias + ".ordinal = " + ordinal();
    }
}
