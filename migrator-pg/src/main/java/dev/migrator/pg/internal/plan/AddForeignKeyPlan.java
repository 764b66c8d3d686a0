package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.QualifiedName;
import dev.migrator.operation.AddForeignKey;
import dev.migrator.pg.internal.catalog.ColumnInfo;
import dev.migrator.pg.internal.catalog.TableInfo;
import dev.migrator.pg.internal.expression.RejectedSqlException;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.TableLock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A foreign key, in VALIDATE: added without looking at the rows (both tables' writes wait for an instant), then validated by
 * a scan that stops nobody.
 */
final class AddForeignKeyPlan {
    private final Workspace workspace;
    private final TableWork work;
    private final String path;
    private final AddForeignKey operation;

    private AddForeignKeyPlan(Workspace workspace, TableWork work, String path, AddForeignKey operation) {
        this.workspace = workspace;
        this.work = work;
        this.path = path;
        this.operation = operation;
    }

    static void draft(Workspace workspace, String path, AddForeignKey operation) {
        workspace
                .table(path, operation.table())
                .ifPresent(work -> new AddForeignKeyPlan(workspace, work, path, operation).draft());
    }

    private void draft() {
        QualifiedName parent = workspace.resolve(operation.referencedTable());
        Optional<TableInfo> referenced = parent.equals(work.name())
                ? Optional.of(work.table())
                : workspace.catalog().table(parent);
        if (referenced.isEmpty()) {
            refuse("references.table", "there is no table " + parent.quoted() + ".", "Correct the name.");
            return;
        }
        if (!mayLock(parent)) {
            return;
        }
        boolean taken = work.table().constraints().stream()
                .anyMatch(constraint -> constraint.name().equals(operation.name()));
        if (taken) {
            refuse(
                    "name",
                    "table " + work.name().quoted() + " has a constraint "
                            + operation.name().quoted() + " already.",
                    "Choose another name.");
        }
        if (!columnsFit(referenced.get()) || taken) {
            return;
        }
        warnWithoutIndex();
        add(parent);
    }

    /** The lock protocol locks the referenced table by name, for which REFERENCES alone does not do. */
    private boolean mayLock(QualifiedName parent) {
        boolean may = workspace
                .session()
                .query(
                        "SELECT has_table_privilege(?, 'REFERENCES') AND has_table_privilege(?, 'UPDATE, DELETE, TRUNCATE')"
                                + " AS may",
                        parent.quoted(),
                        parent.quoted())
                .get(0)
                .isTrue("may");
        if (!may) {
            refuse(
                    "references.table",
                    "this role may not refer to and lock " + parent.quoted() + ".",
                    "GRANT REFERENCES, UPDATE on it to this role, or run as a member of its owner.");
        }
        return may;
    }

    private boolean columnsFit(TableInfo parent) {
        boolean fit = true;
        List<ColumnInfo> own = new ArrayList<>();
        List<ColumnInfo> others = new ArrayList<>();
        ColumnPreflight preflight = new ColumnPreflight(workspace, work, path);
        for (Identifier column : operation.columns()) {
            Optional<ColumnInfo> info = preflight.existing("columns", column);
            fit &= info.isPresent();
            info.ifPresent(own::add);
        }
        for (Identifier column : operation.referencedColumns()) {
            Optional<ColumnInfo> info = parent.column(column);
            if (info.isEmpty()) {
                refuse(
                        "references.columns",
                        "table " + parent.name().quoted() + " has no column " + column.quoted() + ".",
                        "Correct the name.");
                fit = false;
            }
            info.ifPresent(others::add);
        }
        return fit && isKey(parent, others) && comparable(own, others);
    }

    private boolean isKey(TableInfo parent, List<ColumnInfo> columns) {
        Set<Integer> numbers = columns.stream().map(ColumnInfo::number).collect(Collectors.toSet());
        boolean unique = parent.constraints().stream()
                        .anyMatch(constraint -> constraint.type().matches("[pu]")
                                && Set.copyOf(constraint.columns()).equals(numbers))
                || parent.indexes().stream()
                        .anyMatch(index -> index.unique()
                                && index.valid()
                                && index.columns().equals(numbers)
                                && !index.usage().contains(" WHERE "));
        if (!unique) {
            refuse(
                    "references.columns",
                    "no primary key, unique constraint or unique index of "
                            + parent.name().quoted() + " is on exactly these columns.",
                    "Create one first.");
        }
        return unique;
    }

    private boolean comparable(List<ColumnInfo> own, List<ColumnInfo> others) {
        boolean fit = own.size() == others.size();
        for (int i = 0; fit && i < own.size(); i++) {
            String comparison = "NULL::" + own.get(i).type() + " OPERATOR(pg_catalog.=) NULL::"
                    + others.get(i).type();
            try {
                work.scratch().tryOut();
                work.scratch().run("SELECT " + comparison);
            } catch (RejectedSqlException e) {
                refuse(
                        "columns",
                        own.get(i).name().quoted() + " (" + own.get(i).type() + ") can't be compared with "
                                + others.get(i).name().quoted() + " ("
                                + others.get(i).type() + ").",
                        "Change one of the types first.");
                fit = false;
            } finally {
                work.scratch().forget();
            }
        }
        return fit;
    }

    private void warnWithoutIndex() {
        Set<Integer> numbers = new TreeSet<>();
        operation.columns().forEach(name -> work.table().column(name).ifPresent(info -> numbers.add(info.number())));
        boolean indexed = work.table().indexes().stream()
                .anyMatch(index -> index.columns().containsAll(numbers));
        if (!indexed) {
            workspace
                    .findings()
                    .warn(
                            path + ".columns",
                            "no index of " + work.name().quoted()
                                    + " is on these columns: each DELETE or key change in the"
                                    + " referenced table will scan it.",
                            "Add a `createIndex`.");
        }
    }

    private void add(QualifiedName parent) {
        String alter = "ALTER TABLE " + work.name().quoted() + " ";
        String name = operation.name().quoted();
        StringBuilder definition = new StringBuilder(alter + "ADD CONSTRAINT " + name + " FOREIGN KEY ("
                + list(operation.columns()) + ") REFERENCES " + parent.quoted() + " ("
                + list(operation.referencedColumns()) + ")");
        operation
                .onUpdate()
                .ifPresent(action -> definition.append(" ON UPDATE ").append(action.sql()));
        operation
                .onDelete()
                .ifPresent(action -> definition.append(" ON DELETE ").append(action.sql()));
        definition.append(" NOT VALID");
        List<TableLock> locks = new ArrayList<>();
        if (!parent.equals(work.name())) {
            locks.add(new TableLock(parent, LockMode.SHARE_ROW_EXCLUSIVE));
        }
        locks.add(new TableLock(work.name(), LockMode.SHARE_ROW_EXCLUSIVE));
        workspace.add(Drafts.addConstraint(
                work,
                path,
                30,
                operation.name(),
                "add foreign key " + operation.name(),
                definition.toString(),
                alter + "DROP CONSTRAINT IF EXISTS " + name,
                locks));
        Optional<QualifiedName> other = parent.equals(work.name()) ? Optional.empty() : Optional.of(parent);
        workspace.add(Drafts.validate(work, path, 40, operation.name(), other));
    }

    private static String list(List<Identifier> names) {
        return names.stream().map(Identifier::quoted).collect(Collectors.joining(", "));
    }

    private void refuse(String key, String message, String remedy) {
        workspace.findings().refuse(path + "." + key, message, remedy);
    }
}
