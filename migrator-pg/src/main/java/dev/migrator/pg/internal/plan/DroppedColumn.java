package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.Phase;
import dev.migrator.pg.internal.catalog.ColumnInfo;
import dev.migrator.plan.Action;
import dev.migrator.plan.Artifact;
import dev.migrator.plan.Effect;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.TableLock;
import java.util.ArrayList;
import java.util.List;

/**
 * A column that goes without anything that fills it: CONTRACT renames it away, PURGE drops it.
 *
 * @param path the operation, as a key path
 * @param info the column
 * @param retired its name from CONTRACT to PURGE
 */
record DroppedColumn(String path, ColumnInfo info, Identifier retired) {

    List<Draft> drafts(TableWork work) {
        Artifact artifact = work.artifact(Artifact.Kind.COLUMN, retired, true);
        String rename = work.alter() + "RENAME COLUMN ";
        List<String> away = new ArrayList<>();
        away.add(rename + info.name().quoted() + " TO " + retired.quoted());
        work.rules().stream().filter(rule -> rule.path().equals(path)).forEach(rule -> away.addAll(rule.asideBy()));
        Draft retire = Draft.of(
                        Phase.CONTRACT,
                        Exchange.SLOT + 1, // once the sync function no longer reads it
                        List.of(path),
                        "retire column " + info.name() + " of " + work.name().name(),
                        TableSteps.exclusively(work, away),
                        TableSteps.exclusively(
                                work,
                                List.of(rename + retired.quoted() + " TO "
                                        + info.name().quoted())),
                        Effect.RETIRES)
                .doneWhen(Done.hasNoColumn(work.name(), info.name()))
                .making(List.of(artifact));
        Draft drop = Draft.of(
                        Phase.PURGE,
                        TableSteps.PURGE,
                        List.of(path),
                        "drop column " + info.name() + " of " + work.name().name(),
                        new Action.Transaction(
                                locks(work), List.of(work.alter() + "DROP COLUMN IF EXISTS " + retired.quoted())),
                        new Action.Irreversible("PURGE has dropped the column " + info.name() + "."),
                        Effect.DESTROYS)
                .doneWhen(Done.hasNoColumn(work.name(), retired))
                .removing(List.of(artifact));
        return List.of(retire, drop);
    }

    private List<TableLock> locks(TableWork work) {
        List<TableLock> locks = new ArrayList<>();
        work.table().constraints().stream()
                .filter(constraint -> constraint.columns().contains(info.number()))
                .forEach(constraint -> constraint
                        .references()
                        .filter(parent -> !parent.equals(work.name()))
                        .ifPresent(parent -> locks.add(new TableLock(parent, LockMode.ACCESS_EXCLUSIVE))));
        locks.add(new TableLock(work.name(), LockMode.ACCESS_EXCLUSIVE));
        return locks;
    }
}
