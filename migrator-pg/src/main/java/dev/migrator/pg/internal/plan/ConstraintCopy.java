package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.QualifiedName;
import dev.migrator.pg.internal.catalog.ConstraintInfo;
import dev.migrator.pg.internal.expression.SqlFragment;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.TableLock;
import java.util.List;
import java.util.stream.Collectors;

/** The copy of a check or foreign key for the new columns: added without looking at the rows, then validated. */
final class ConstraintCopy {
    private final CarryOver carryOver;
    private final Workspace workspace;
    private final TableWork work;
    private final List<Mapping> columns;
    private final String path;

    ConstraintCopy(CarryOver carryOver, Workspace workspace, TableWork work, List<Mapping> columns) {
        this.carryOver = carryOver;
        this.workspace = workspace;
        this.work = work;
        this.columns = columns;
        this.path = CarryOver.path(columns);
    }

    void draft(ConstraintInfo constraint) {
        if (constraint.type().equals("c")) {
            Identifier probe = constraint.name();
            carryOver
                    .rewritten("constraint " + constraint.name().quoted(), columns, scratch -> {
                        scratch.run("ALTER TABLE " + scratch.name() + " ADD CONSTRAINT " + probe.quoted() + " "
                                + constraint.definition());
                        CarryOver.changeColumns(scratch, columns);
                        return scratch.definitions().constraint(probe);
                    })
                    .ifPresent(definition -> add(constraint, definition, List.of(exclusive())));
        } else if (constraint.type().equals("f")) {
            QualifiedName parent = constraint.references().orElseThrow();
            if (parent.equals(work.name())) {
                workspace
                        .findings()
                        .refuse(
                                path,
                                "foreign key " + constraint.name().quoted()
                                        + " refers to its own table, which this version" + " can't carry.",
                                "Drop it first and add it again after PURGE.");
                return;
            }
            List<TableLock> locks = List.of(
                    new TableLock(parent, LockMode.SHARE_ROW_EXCLUSIVE),
                    new TableLock(work.name(), LockMode.SHARE_ROW_EXCLUSIVE));
            add(constraint, foreignKey(constraint), locks);
        }
    }

    private TableLock exclusive() {
        return new TableLock(work.name(), LockMode.ACCESS_EXCLUSIVE);
    }

    /** The server prints the key's own columns first, in parentheses; the rest goes over as it is. */
    private String foreignKey(ConstraintInfo constraint) {
        String definition = constraint.definition();
        int own = SqlFragment.indexOutside(definition, " REFERENCES ");
        String names = names(constraint.columns());
        int last = names.lastIndexOf(", ") + 2;
        boolean period = definition.substring(0, own).matches("(?s).*, PERIOD (?:\\w+|\"(?:[^\"]|\"\")*\")\\)");
        String key = period ? names.substring(0, last) + "PERIOD " + names.substring(last) : names;
        return "FOREIGN KEY (" + key + ")" + cleared(constraint, definition.substring(own));
    }

    /** What follows the referenced table, with the columns that ON DELETE SET NULL (…) names, if it does. */
    private String cleared(ConstraintInfo constraint, String references) {
        if (constraint.cleared().isEmpty()) {
            return references;
        }
        int start = Math.max(
                SqlFragment.indexOutside(references, " ON DELETE SET NULL "),
                SqlFragment.indexOutside(references, " ON DELETE SET DEFAULT "));
        int open = references.indexOf('(', start);
        String old = constraint.cleared().stream()
                .map(number -> work.scratch().quoted(work.table().column(number).name()))
                .collect(Collectors.joining(", "));
        return references.substring(0, open + 1)
                + names(constraint.cleared())
                + references.substring(open + 1 + old.length());
    }

    private String names(List<Integer> numbers) {
        return numbers.stream()
                .map(number -> columns.stream()
                        .filter(mapping -> CarryOver.old(mapping).info().number() == number)
                        .map(mapping -> CarryOver.fresh(mapping).work())
                        .findFirst()
                        .orElseGet(() -> work.table().column(number).name())
                        .quoted())
                .collect(Collectors.joining(", "));
    }

    private void add(ConstraintInfo constraint, String definition, List<TableLock> locks) {
        Identifier copy = work.names().copy(work.nextNumber());
        String notValid = definition.endsWith(" NOT VALID") ? "" : " NOT VALID";
        String add = work.alter() + "ADD CONSTRAINT " + copy.quoted() + " " + definition + notValid;
        String drop = work.alter() + "DROP CONSTRAINT IF EXISTS " + copy.quoted();
        workspace.add(
                Drafts.addConstraint(work, path, 30, copy, "add a copy of " + constraint.name(), add, drop, locks));
        if (constraint.validated()) {
            workspace.add(Drafts.validate(work, path, 40, copy, constraint.references()));
        }
        carryOver.comment(
                path, "CONSTRAINT", copy.quoted() + " ON " + work.name().quoted(), constraint.comment());
        work.copies().add(new Copy(Copy.Kind.CONSTRAINT, carryOver.inSchema(copy), constraint.name(), false));
    }
}
