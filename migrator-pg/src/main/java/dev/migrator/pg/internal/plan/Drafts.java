package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.Phase;
import dev.migrator.QualifiedName;
import dev.migrator.plan.Action;
import dev.migrator.plan.Artifact;
import dev.migrator.plan.Effect;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.TableLock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Drafts that several operations share. */
final class Drafts {
    private Drafts() {}

    /** An index built without blocking writes. */
    static Draft buildIndex(
            TableWork work,
            String path,
            Phase phase,
            int slot,
            Identifier name,
            boolean unique,
            String usage,
            Identifier purpose) {
        String title = name.equals(purpose) ? "build index " + name : "build a copy of index " + purpose;
        return Draft.of(
                        phase,
                        slot,
                        List.of(path),
                        title + " on " + work.name().name(),
                        new Action.BuildIndex(work.name(), name, unique, usage),
                        new Action.DropIndex(work.name(), name),
                        unique ? Effect.NARROWS : Effect.ADDS)
                .doneWhen(Done.isValidIndex(work.name(), name))
                .making(List.of(work.artifact(Artifact.Kind.INDEX, name, false)));
    }

    /** A constraint that is added without looking at the rows. */
    static Draft addConstraint(
            TableWork work,
            String path,
            int slot,
            Identifier name,
            String title,
            String add,
            String drop,
            List<TableLock> locks) {
        // Dropping takes ACCESS EXCLUSIVE on every table concerned.
        List<TableLock> dropLocks = locks.stream()
                .map(lock -> new TableLock(lock.table(), LockMode.ACCESS_EXCLUSIVE))
                .toList();
        return Draft.of(
                        Phase.VALIDATE,
                        slot,
                        List.of(path),
                        title + " to " + work.name().name() + ", not yet validated",
                        new Action.Transaction(locks, List.of(add)),
                        new Action.Transaction(dropLocks, List.of(drop)),
                        Effect.NARROWS)
                .doneWhen(Done.hasConstraint(work.name(), name))
                .making(List.of(work.artifact(Artifact.Kind.CONSTRAINT, name, false)));
    }

    /** The scan that proves a constraint of all rows. */
    static Draft validate(TableWork work, String path, int slot, Identifier name, Optional<QualifiedName> referenced) {
        List<TableLock> locks = new ArrayList<>();
        referenced.ifPresent(parent -> locks.add(new TableLock(parent, LockMode.ROW_SHARE)));
        locks.add(new TableLock(work.name(), LockMode.SHARE_UPDATE_EXCLUSIVE));
        String statement = "ALTER TABLE " + work.name().quoted() + " VALIDATE CONSTRAINT " + name.quoted();
        return Draft.of(
                        Phase.VALIDATE,
                        slot,
                        List.of(path),
                        "validate " + name + " on " + work.name().name(),
                        new Action.Scan(locks, List.of(statement), List.of(name)),
                        new Action.Nothing(),
                        Effect.FILLS)
                .doneWhen(Done.isValidated(work.name(), name));
    }
}
