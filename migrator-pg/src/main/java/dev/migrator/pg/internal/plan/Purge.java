package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.Phase;
import dev.migrator.plan.Action;
import dev.migrator.plan.Artifact;
import dev.migrator.plan.Effect;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.TableLock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The point of no return: the retired columns, the triggers and the marker go, and the copies get their final names. */
final class Purge {
    private final TableWork work;
    private final SyncTriggers triggers;

    Purge(TableWork work, SyncTriggers triggers) {
        this.work = work;
        this.triggers = triggers;
    }

    Draft draft() {
        List<String> statements = new ArrayList<>(triggers.drop(true));
        List<Artifact> removes = new ArrayList<>(triggers.artifacts());
        List<Identifier> columns = new ArrayList<>();
        Set<Integer> numbers = new LinkedHashSet<>();
        for (Mapping mapping : work.mappings()) {
            for (OldColumn column : mapping.old()) {
                columns.add(column.retired());
                numbers.add(column.info().number());
            }
        }
        for (Fill fill : work.fills()) {
            if (fill.retires()) {
                columns.add(fill.retired());
                work.table().column(fill.column()).ifPresent(column -> numbers.add(column.number()));
            }
        }
        if (work.hasMarker()) {
            columns.add(work.names().marker());
            removes.addAll(proofs());
        }
        if (!columns.isEmpty()) {
            List<String> drops = columns.stream()
                    .map(column -> "DROP COLUMN IF EXISTS " + column.quoted())
                    .toList();
            statements.add(work.alter() + String.join(", ", drops));
            columns.forEach(column -> removes.add(work.artifact(Artifact.Kind.COLUMN, column, true)));
        }
        for (IdentityNumbers counting : work.numbers()) {
            statements.add(counting.drop());
            removes.add(work.artifact(Artifact.Kind.SEQUENCE, counting.helper(), true));
        }
        work.copies().forEach(copy -> takeOverName(copy, statements));
        return Draft.of(
                        Phase.PURGE,
                        TableSteps.PURGE,
                        work.paths(),
                        "drop what is left of the old shape of " + work.name().name(),
                        new Action.Transaction(locks(numbers), statements),
                        new Action.Irreversible("PURGE has dropped the old shape."),
                        Effect.DESTROYS)
                .removing(removes);
    }

    private List<Artifact> proofs() {
        List<Artifact> proofs = new ArrayList<>();
        proofs.add(work.artifact(Artifact.Kind.CONSTRAINT, work.names().proof("s"), true));
        for (NewColumn column : work.newColumns()) {
            if (column.notNullAfter()) {
                proofs.add(work.artifact(Artifact.Kind.CONSTRAINT, TableSteps.notNullProof(work, column), true));
            }
        }
        return proofs;
    }

    /** Dropping a column with a foreign key locks the table to which it refers; such tables come first. */
    private List<TableLock> locks(Set<Integer> numbers) {
        Set<TableLock> locks = new LinkedHashSet<>();
        work.table().constraints().stream()
                .filter(constraint -> constraint.columns().stream().anyMatch(numbers::contains))
                .forEach(constraint -> constraint
                        .references()
                        .ifPresent(parent -> locks.add(new TableLock(parent, LockMode.ACCESS_EXCLUSIVE))));
        locks.add(new TableLock(work.name(), LockMode.ACCESS_EXCLUSIVE));
        return List.copyOf(locks);
    }

    private void takeOverName(Copy copy, List<String> statements) {
        String table = work.alter();
        String from = copy.name().name().quoted();
        String to = copy.original().quoted();
        statements.add(
                switch (copy.kind()) {
                    case INDEX -> "ALTER INDEX " + copy.name().quoted() + " RENAME TO " + to;
                    case CONSTRAINT -> table + "RENAME CONSTRAINT " + from + " TO " + to;
                    case STATISTICS -> "ALTER STATISTICS " + copy.name().quoted() + " RENAME TO " + to;
                });
        if (copy.clustered()) {
            statements.add(table + "CLUSTER ON " + to);
        }
    }
}
