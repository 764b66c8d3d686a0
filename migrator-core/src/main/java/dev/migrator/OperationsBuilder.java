package dev.migrator;

import dev.migrator.internal.model.Parts;
import dev.migrator.operation.AddColumn;
import dev.migrator.operation.AddForeignKey;
import dev.migrator.operation.ChangeType;
import dev.migrator.operation.CreateIndex;
import dev.migrator.operation.DropColumn;
import dev.migrator.operation.MergeColumns;
import dev.migrator.operation.NewColumn;
import dev.migrator.operation.OldColumn;
import dev.migrator.operation.Operation;
import dev.migrator.operation.RenameColumn;
import dev.migrator.operation.RunSql;
import dev.migrator.operation.SetNotNull;
import dev.migrator.operation.SplitColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** The part of {@link MigrationBuilder} that is about operations. */
abstract sealed class OperationsBuilder permits MigrationBuilder {

    private final List<String> problems = new ArrayList<>();
    private final List<Operation> operations = new ArrayList<>();
    private int count;

    abstract MigrationBuilder self();

    void problem(String problem) {
        problems.add(problem);
    }

    /** All problems so far, and that there is no operation if so. */
    List<String> problems() {
        List<String> all = new ArrayList<>(problems);
        if (count == 0) {
            all.add("a migration needs at least one operation");
        }
        return all;
    }

    List<Operation> operations() {
        return operations;
    }

    /**
     * Adds an operation.
     *
     * @param operation the operation
     * @return this
     */
    public MigrationBuilder add(Operation operation) {
        count++;
        operations.add(operation);
        return self();
    }

    /**
     * Adds a column that may be NULL.
     *
     * @param table the table
     * @param column the new column
     * @param type its SQL type
     * @return this
     */
    public MigrationBuilder addColumn(String table, String column, String type) {
        return addColumn(table, column, type, options -> {});
    }

    /**
     * Adds a column.
     *
     * @param table the table
     * @param column the new column
     * @param type its SQL type
     * @param options sets the optional parts
     * @return this
     */
    public MigrationBuilder addColumn(String table, String column, String type, Consumer<AddColumn.Builder> options) {
        return operation("addColumn", parts -> {
            AddColumn.Builder builder = AddColumn.builder(parts.table(table), parts.name("column", column), type);
            options.accept(builder);
            return builder.build();
        });
    }

    /**
     * Drops a column.
     *
     * @param table the table
     * @param column the column
     * @return this
     */
    public MigrationBuilder dropColumn(String table, String column) {
        return operation(
                "dropColumn",
                parts -> new DropColumn(parts.table(table), parts.name("column", column), Optional.empty()));
    }

    /**
     * Drops a column that can be computed on the way back.
     *
     * @param table the table
     * @param column the column
     * @param down the SQL expression on the row that fills it for rows written without it
     * @return this
     */
    public MigrationBuilder dropColumn(String table, String column, String down) {
        return operation(
                "dropColumn",
                parts -> new DropColumn(parts.table(table), parts.name("column", column), Optional.of(down)));
    }

    /**
     * Gives a column another name.
     *
     * @param table the table
     * @param column the column
     * @param to its new name
     * @return this
     */
    public MigrationBuilder renameColumn(String table, String column, String to) {
        return operation(
                "renameColumn",
                parts -> new RenameColumn(parts.table(table), parts.name("column", column), parts.name("to", to)));
    }

    /**
     * Gives a column another type under the same name, by a cast both ways.
     *
     * @param table the table
     * @param column the column
     * @param type its new SQL type
     * @return this
     */
    public MigrationBuilder changeType(String table, String column, String type) {
        return changeType(table, column, type, options -> {});
    }

    /**
     * Gives a column another type.
     *
     * @param table the table
     * @param column the column
     * @param type its new SQL type
     * @param options sets the optional parts
     * @return this
     */
    public MigrationBuilder changeType(String table, String column, String type, Consumer<ChangeType.Builder> options) {
        return operation("changeType", parts -> {
            ChangeType.Builder builder = ChangeType.builder(parts.table(table), parts.name("column", column), type);
            options.accept(builder);
            return builder.build();
        });
    }

    /**
     * Makes several columns out of one.
     *
     * @param table the table
     * @param column the column
     * @param into the columns that take its place
     * @param down the SQL expression on the row that computes the old column from the new ones
     * @return this
     */
    public MigrationBuilder splitColumn(String table, String column, List<NewColumn> into, String down) {
        return operation(
                "splitColumn", parts -> new SplitColumn(parts.table(table), parts.name("column", column), into, down));
    }

    /**
     * Makes one column out of several.
     *
     * @param table the table
     * @param columns the columns that are retired
     * @param into the column that takes their place
     * @return this
     */
    public MigrationBuilder mergeColumns(String table, List<OldColumn> columns, NewColumn into) {
        return operation("mergeColumns", parts -> new MergeColumns(parts.table(table), columns, into));
    }

    /**
     * Forbids NULL in a column that has none.
     *
     * @param table the table
     * @param column the column
     * @return this
     */
    public MigrationBuilder setNotNull(String table, String column) {
        return operation(
                "setNotNull",
                parts -> new SetNotNull(parts.table(table), parts.name("column", column), Optional.empty()));
    }

    /**
     * Forbids NULL in a column.
     *
     * @param table the table
     * @param column the column
     * @param fill the SQL expression on the row that replaces the NULLs that are there
     * @return this
     */
    public MigrationBuilder setNotNull(String table, String column, String fill) {
        return operation(
                "setNotNull",
                parts -> new SetNotNull(parts.table(table), parts.name("column", column), Optional.of(fill)));
    }

    /**
     * Builds an index.
     *
     * @param table the table
     * @param name the index
     * @param options sets the columns, and the optional parts
     * @return this
     */
    public MigrationBuilder createIndex(String table, String name, Consumer<CreateIndex.Builder> options) {
        return operation("createIndex", parts -> {
            CreateIndex.Builder builder = CreateIndex.builder(parts.table(table), parts.name("name", name));
            options.accept(builder);
            return builder.build();
        });
    }

    /**
     * Adds a foreign key with the server's defaults.
     *
     * @param table the table that refers
     * @param name the constraint
     * @param columns the columns that refer
     * @param referencedTable the table referred to
     * @param referencedColumns the columns referred to
     * @return this
     */
    public MigrationBuilder addForeignKey(
            String table, String name, List<String> columns, String referencedTable, List<String> referencedColumns) {
        return addForeignKey(table, name, columns, referencedTable, referencedColumns, options -> {});
    }

    /**
     * Adds a foreign key.
     *
     * @param table the table that refers
     * @param name the constraint
     * @param columns the columns that refer
     * @param referencedTable the table referred to
     * @param referencedColumns the columns referred to
     * @param options sets the optional parts
     * @return this
     */
    public MigrationBuilder addForeignKey(
            String table,
            String name,
            List<String> columns,
            String referencedTable,
            List<String> referencedColumns,
            Consumer<AddForeignKey.Builder> options) {
        return operation("addForeignKey", parts -> {
            AddForeignKey.Builder builder = AddForeignKey.builder(
                    parts.table(table),
                    parts.name("name", name),
                    parts.names("columns", columns),
                    new TableRef(Optional.empty(), parts.name("references.table", referencedTable)),
                    parts.names("references.columns", referencedColumns));
            options.accept(builder);
            return builder.build();
        });
    }

    /**
     * Runs statements of the migration's own.
     *
     * @param options sets the statements
     * @return this
     */
    public MigrationBuilder sql(Consumer<RunSql.Builder> options) {
        return operation("sql", parts -> {
            RunSql.Builder builder = RunSql.builder();
            options.accept(builder);
            return builder.build();
        });
    }

    private MigrationBuilder operation(String keyword, Function<Parts, Operation> maker) {
        Parts parts = new Parts("operations[" + count + "]." + keyword);
        count++;
        parts.make(maker).ifPresent(operations::add);
        problems.addAll(parts.problems());
        return self();
    }
}
