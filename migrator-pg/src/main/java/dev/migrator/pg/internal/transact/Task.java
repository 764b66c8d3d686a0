package dev.migrator.pg.internal.transact;

import dev.migrator.Phase;
import dev.migrator.engine.Lease;
import dev.migrator.engine.ReleaseGuard;
import dev.migrator.engine.StepControl;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.plan.Action;
import dev.migrator.plan.Effect;
import dev.migrator.plan.Step;
import java.util.List;
import java.util.Optional;

/** One step to take, one way, under one lease. */
public record Task(Lease lease, Step step, StepControl control, Way way, Optional<ReleaseGuard> guard) {
    /** One that takes nothing away from anybody. */
    public Task(Lease lease, Step step, StepControl control, Way way) {
        this(lease, step, control, way, Optional.empty());
    }

    /** The same, with another control. */
    public Task with(StepControl other) {
        return new Task(lease, step, other, way, guard);
    }

    public int ordinal() {
        return step.ordinal();
    }

    /** The statement that records that this is done; error MG002 if it is recorded already. */
    public String recorded(StateSql sql) {
        return way == Way.FORWARD ? sql.stepDone(lease, ordinal()) : sql.stepUndone(lease, ordinal());
    }

    /**
     * What a transaction of this has to begin with so that no live instance loses the shape that it uses; empty if it takes
     * none away. Nobody knows what a user's own statements take away in CONTRACT.
     */
    public List<String> guarded(StateSql sql) {
        boolean takes = way == Way.BACK
                || !step.phase().isBefore(Phase.CONTRACT)
                || step.effects().contains(Effect.NARROWS);
        return takes
                ? guard.map(what -> sql.ensureReleased(lease.migration(), what)).stream()
                        .toList()
                : List.of();
    }

    /** The query that has to be true before the record may commit; empty if there is none. */
    public String doneWhen() {
        return way == Way.FORWARD ? step.doneWhen() : "";
    }

    /** Whether the table's own triggers are left out. */
    public boolean skipsUserTriggers() {
        return (step.action() instanceof Action.Backfill backfill && backfill.skipsUserTriggers())
                || (step.action() instanceof Action.CatchUp catchUp && catchUp.skipsUserTriggers());
    }

    /** The condition on this step's row in the table of steps, and on its rows in tables of the same key. */
    public String isMine(StateSql sql) {
        return sql.isOf(lease.migration()) + " AND ordinal = " + ordinal();
    }

    /** As {@link #isMine(StateSql)}, on a table that goes by another name. */
    public String isMine(StateSql sql, String alias) {
        return sql.isOf(alias, lease.migration()) + " AND " + alias + ".ordinal = " + ordinal();
    }
}
