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
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A foreign key, in VALIDATE: added without looking at the rows (both tables' writes wait for an instant), then validated by
 * a scan that stops nobody. It stands on the table's columns that bear the names from CONTRACT on.
 */
final class AddForeignKeyPlan {
    private final Workspace workspace;
    private final TableWork work;
    private final String path;
    private final AddForeignKey operation;
    private final Places places;

    private AddForeignKeyPlan(Workspace workspace, TableWork work, String path, AddForeignKey operation) {
        this.workspace = workspace;
        this.work = work;
        this.path = path;
        this.operation = operation;
        this.places = new Places(work);
    }

    static void draft(Workspace workspace, String path, AddForeignKey operation) {
        workspace
                .table(path, operation.table())
                .map(work -> new AddForeignKeyPlan(workspace, work, path, operation))
                .ifPresent(plan -> workspace.afterwards(plan::draft));
    }

    private void draft() {
        if (new PartitionPreflight(work.table(), workspace.findings())
                .refuses(
                        path + ".table",
                        "add a foreign key",
                        "By hand: add it NOT VALID to each partition and VALIDATE it there, then to the table.")) {
            return;
        }
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
        workspace.afterwards(this::warnWithoutIndex); // once every createIndex is known
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
        for (Identifier column : operation.columns()) {
            fit &= stays(column);
        }
        List<ColumnInfo> others = new ArrayList<>();
        for (Identifier column : operation.referencedColumns()) {
            referenced(parent, column).ifPresent(others::add);
        }
        return fit
                && others.size() == operation.referencedColumns().size()
                && isKey(parent, others)
                && comparable(others);
    }

    /** Whether a name is that of one of the table's own columns after the migration. */
    private boolean stays(Identifier column) {
        boolean hasSuccessor = !places.place(column).equals(column);
        if (hasSuccessor || work.newNames().contains(column)) {
            return true;
        }
        Optional<Places.Leaving> leaving = places.leaving(column);
        leaving.ifPresent(gone -> refuse("columns", gone.message("foreign key"), gone.remedy()));
        return leaving.isEmpty()
                && new ColumnPreflight(workspace, work, path)
                        .existing("columns", column)
                        .isPresent();
    }

    /** A column of the referenced table, which no operation of this migration may add or take away. */
    private Optional<ColumnInfo> referenced(TableInfo parent, Identifier column) {
        Optional<ColumnInfo> info = parent.column(column);
        Optional<TableWork> changed = workspace.tables().stream()
                .filter(other -> other.name().equals(parent.name()))
                .findFirst();
        boolean added =
                changed.filter(other -> other.newNames().contains(column)).isPresent();
        Optional<Places.Leaving> leaving = changed.flatMap(other -> new Places(other).leaving(column));
        if (added || leaving.isPresent()) {
            String what = leaving.map(gone -> gone.successors().isEmpty() ? "dropped" : "replaced")
                    .orElse("added");
            refuse(
                    "references.columns",
                    parent.name().quoted() + "." + column.quoted() + " is " + what
                            + " by another operation of this migration, and no foreign key can refer to it meanwhile.",
                    "Use a second migration after PURGE of this one.");
            return Optional.empty();
        }
        if (info.isEmpty()) {
            refuse(
                    "references.columns",
                    "table " + parent.name().quoted() + " has no column " + column.quoted() + ".",
                    "Correct the name.");
        }
        return info;
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

    private boolean comparable(List<ColumnInfo> others) {
        List<Identifier> own = operation.columns();
        boolean fit = own.size() == others.size();
        for (int i = 0; fit && i < own.size(); i++) {
            Optional<String> type = work.scratch().type(places.place(own.get(i)));
            fit = type.isPresent() // else the operation that adds it is refused
                    && comparable(own.get(i), type.get(), others.get(i));
        }
        return fit;
    }

    private boolean comparable(Identifier own, String type, ColumnInfo other) {
        work.scratch().tryOut();
        try {
            work.scratch().run("SELECT NULL::" + type + " OPERATOR(pg_catalog.=) NULL::" + other.type());
            return true;
        } catch (RejectedSqlException e) {
            refuse(
                    "columns",
                    own.quoted() + " (" + type + ") can't be compared with "
                            + other.name().quoted() + " (" + other.type() + ").",
                    "Change one of the types first.");
            return false;
        } finally {
            work.scratch().forget();
        }
    }

    private void warnWithoutIndex() {
        Set<Identifier> columns =
                operation.columns().stream().map(places::place).collect(Collectors.toSet());
        boolean indexed = Stream.concat(
                        work.table().indexes().stream().map(index -> places.places(index.columns())),
                        work.indexed().stream())
                .anyMatch(index -> index.containsAll(columns));
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
        String alter = work.alter();
        String name = operation.name().quoted();
        StringBuilder definition = new StringBuilder(alter + "ADD CONSTRAINT " + name + " FOREIGN KEY ("
                + Places.list(operation.columns().stream().map(places::place).toList()) + ") REFERENCES "
                + parent.quoted() + " ("
                + Places.list(operation.referencedColumns()) + ")");
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
        Orphans.of(workspace, work, path, operation, parent).ifPresent(orphans -> {
            orphans.warn("columns");
            workspace.add(orphans.proof());
        });
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

    private void refuse(String key, String message, String remedy) {
        workspace.findings().refuse(path + "." + key, message, remedy);
    }
}
