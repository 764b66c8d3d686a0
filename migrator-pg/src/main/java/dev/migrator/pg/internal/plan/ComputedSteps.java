package dev.migrator.pg.internal.plan;

import dev.migrator.Phase;
import dev.migrator.pg.internal.sql.Literal;
import dev.migrator.plan.Action;
import dev.migrator.plan.Artifact;
import dev.migrator.plan.Effect;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.TableLock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The steps of a column that the application computes. From CONTRACT on nobody computes any more: releases write the column
 * themselves.
 */
final class ComputedSteps {
    private final TableWork work;
    private final ComputedColumn column;
    private final boolean skipsUserTriggers;
    private final Draft analyze;
    private final ComputedTriggers triggers;
    private final String marker;

    ComputedSteps(TableWork work, ComputedColumn column, boolean skipsUserTriggers, Draft analyze) {
        this.work = work;
        this.column = column;
        this.skipsUserTriggers = skipsUserTriggers;
        this.analyze = analyze;
        this.triggers = new ComputedTriggers(work, column);
        this.marker = work.names().marker().quoted();
    }

    List<Draft> drafts() {
        return List.of(
                expand(),
                backfill(),
                compare(Phase.VALIDATE, TableSteps.COMPARE_FIRST),
                analyze,
                compare(Phase.CONTRACT, TableSteps.COMPARE_AGAIN),
                contract(),
                purge());
    }

    private Action.Computation computation() {
        return new Action.Computation(
                column.transform(),
                column.name(),
                column.bareType(),
                column.inputs(),
                column.keyNames(),
                work.names().marker(),
                triggers.queue());
    }

    private String dropQueue() {
        return "DROP TABLE IF EXISTS " + triggers.queue().quoted();
    }

    private Draft expand() {
        List<String> statements = new ArrayList<>();
        statements.add(work.alter() + "ADD COLUMN " + column.name().quoted() + " "
                + column.type().sql() + ", ADD COLUMN "
                + Marker.definition(work.names().marker()));
        ColumnProperties.readable(work.table(), work.names().marker(), statements);
        statements.addAll(column.comments());
        statements.addAll(triggers.createQueue());
        statements.addAll(triggers.create());
        statements.addAll(new Rebinding(work).trialOfTriggers());
        List<String> undo = new ArrayList<>(triggers.drop());
        undo.add(dropQueue());
        undo.add(
                work.alter() + "DROP COLUMN IF EXISTS " + column.name().quoted() + ", DROP COLUMN IF EXISTS " + marker);
        List<Artifact> makes = new ArrayList<>(helpers());
        makes.add(work.artifact(Artifact.Kind.COLUMN, column.name(), false));
        return Draft.of(
                        Phase.EXPAND,
                        TableSteps.EXPAND,
                        work.paths(),
                        "add column " + column.name() + " to " + work.name().name()
                                + " with the queue of rows to compute",
                        TableSteps.exclusively(work, statements),
                        TableSteps.exclusively(work, undo),
                        Effect.ADDS)
                .doneWhen(Done.hasColumn(work.name(), work.names().marker()))
                .making(makes);
    }

    private List<Artifact> helpers() {
        List<Artifact> helpers = new ArrayList<>(triggers.artifacts());
        helpers.add(work.artifact(Artifact.Kind.TABLE, work.names().queue(), true));
        helpers.add(work.artifact(Artifact.Kind.COLUMN, work.names().marker(), true));
        return helpers;
    }

    private Draft backfill() {
        Action action = new Action.Backfill(
                work.name(),
                // Not a value: the trigger queues the row.
                marker + " = " + marker,
                marker + " = 0",
                skipsUserTriggers,
                Optional.of(computation()));
        return Draft.of(
                Phase.BACKFILL,
                10,
                work.paths(),
                "compute " + column.name() + " of " + work.name().name(),
                action,
                new Action.Nothing(),
                Effect.FILLS);
    }

    private Draft compare(Phase phase, int slot) {
        Action.Violation never = new Action.Violation(
                "pending: never computed, and not queued",
                marker + " = 0",
                "Such rows were written while the sync triggers were disabled. UPDATE them in any way, and they are"
                        + " computed");
        return Draft.of(
                phase,
                slot,
                work.paths(),
                "prove that every row of " + work.name().name() + " was computed or is queued",
                new Action.Compare(work.name(), work.table().primaryKey(), List.of(never)),
                new Action.Nothing(),
                Effect.FILLS);
    }

    private Draft contract() {
        List<String> statements = new ArrayList<>(triggers.drop());
        statements.add(work.alter() + "ALTER COLUMN " + marker + " SET DEFAULT 1");
        List<String> undo = new ArrayList<>();
        undo.add(work.alter() + "ALTER COLUMN " + marker + " SET DEFAULT 0");
        undo.addAll(triggers.create());
        Action action = new Action.CatchUp(
                work.name(),
                computation(),
                skipsUserTriggers,
                List.of(new TableLock(work.name(), LockMode.ACCESS_EXCLUSIVE)),
                statements);
        return Draft.of(
                        Phase.CONTRACT,
                        Exchange.SLOT,
                        work.paths(),
                        "catch up, and stop computing " + column.name() + " of "
                                + work.name().name(),
                        action,
                        TableSteps.exclusively(work, undo),
                        Effect.ADDS)
                .doneWhen("SELECT pg_catalog.to_regprocedure("
                        + Literal.text(work.function().quoted() + "()") + ") IS NULL");
    }

    private Draft purge() {
        List<String> statements = new ArrayList<>(triggers.drop());
        statements.add(dropQueue());
        statements.add(work.alter() + "DROP COLUMN IF EXISTS " + marker);
        return Draft.of(
                        Phase.PURGE,
                        TableSteps.PURGE,
                        work.paths(),
                        "drop the queue and the marker of " + work.name().name(),
                        TableSteps.exclusively(work, statements),
                        new Action.Irreversible("PURGE has dropped what tells which rows are in step."),
                        Effect.DESTROYS)
                .removing(helpers());
    }
}
