package dev.migrator.internal.model;

import dev.migrator.Identifier;
import dev.migrator.TableRef;
import dev.migrator.internal.model.Definition.Leaves;
import dev.migrator.operation.AddColumn;
import dev.migrator.operation.AddForeignKey;
import dev.migrator.operation.ChangeType;
import dev.migrator.operation.CreateIndex;
import dev.migrator.operation.DropColumn;
import dev.migrator.operation.IndexColumn;
import dev.migrator.operation.MergeColumns;
import dev.migrator.operation.NewColumn;
import dev.migrator.operation.OldColumn;
import dev.migrator.operation.Operation;
import dev.migrator.operation.RenameColumn;
import dev.migrator.operation.RunSql;
import dev.migrator.operation.SetNotNull;
import dev.migrator.operation.SplitColumn;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Writes the values of one operation under its path, in the order of the operation's parts. */
final class OperationLeaves implements Operation.Cases<Leaves> {

    private final Leaves leaves;
    private final String path;

    OperationLeaves(Leaves leaves, String path) {
        this.leaves = leaves;
        this.path = path;
    }

    @Override
    public Leaves addColumn(AddColumn operation) {
        table(operation.table());
        put("column", operation.column());
        put("type", operation.type());
        if (!operation.nullable()) {
            put("nullable", "false");
        }
        put("default", operation.defaultValue());
        put("up", operation.up());
        put("comment", operation.comment());
        put("identity", operation.identity().map(identity -> words(identity.sql())));
        put("generated", operation.generated());
        put("transform", operation.transform());
        names("inputs", operation.inputs());
        return leaves;
    }

    @Override
    public Leaves renameColumn(RenameColumn operation) {
        table(operation.table());
        put("column", operation.column());
        put("to", operation.to());
        return leaves;
    }

    @Override
    public Leaves changeType(ChangeType operation) {
        table(operation.table());
        put("column", operation.column());
        put("type", operation.type());
        put("up", operation.up());
        put("down", operation.down());
        put("to", operation.to());
        return leaves;
    }

    @Override
    public Leaves splitColumn(SplitColumn operation) {
        table(operation.table());
        put("column", operation.column());
        List<NewColumn> into = operation.into();
        for (int i = 0; i < into.size(); i++) {
            newColumn("into[" + i + "]", into.get(i));
        }
        put("down", operation.down());
        return leaves;
    }

    @Override
    public Leaves mergeColumns(MergeColumns operation) {
        table(operation.table());
        List<OldColumn> columns = operation.columns();
        for (int i = 0; i < columns.size(); i++) {
            put("columns[" + i + "].column", columns.get(i).column());
            put("columns[" + i + "].down", columns.get(i).down());
        }
        newColumn("into", operation.into());
        return leaves;
    }

    @Override
    public Leaves dropColumn(DropColumn operation) {
        table(operation.table());
        put("column", operation.column());
        put("down", operation.down());
        return leaves;
    }

    @Override
    public Leaves setNotNull(SetNotNull operation) {
        table(operation.table());
        put("column", operation.column());
        put("fill", operation.fill());
        return leaves;
    }

    @Override
    public Leaves createIndex(CreateIndex operation) {
        table(operation.table());
        put("name", operation.name());
        List<IndexColumn> columns = operation.columns();
        for (int i = 0; i < columns.size(); i++) {
            indexColumn("columns[" + i + "]", columns.get(i));
        }
        if (operation.unique()) {
            put("unique", "true");
        }
        put("method", operation.method());
        names("include", operation.include());
        put("where", operation.where());
        return leaves;
    }

    @Override
    public Leaves addForeignKey(AddForeignKey operation) {
        table(operation.table());
        put("name", operation.name());
        names("columns", operation.columns());
        put("references.schema", operation.referencedTable().schema());
        put("references.table", operation.referencedTable().name());
        names("references.columns", operation.referencedColumns());
        put("onDelete", operation.onDelete().map(action -> words(action.sql())));
        put("onUpdate", operation.onUpdate().map(action -> words(action.sql())));
        return leaves;
    }

    @Override
    public Leaves runSql(RunSql operation) {
        put("expand", operation.expand());
        put("contract", operation.contract());
        put("rollback", operation.rollback());
        if (!operation.transaction()) {
            put("transaction", "false");
        }
        return leaves;
    }

    private void table(TableRef table) {
        put("schema", table.schema());
        put("table", table.name());
    }

    private void newColumn(String key, NewColumn column) {
        put(key + ".column", column.column());
        put(key + ".type", column.type());
        put(key + ".up", column.up());
    }

    private void indexColumn(String key, IndexColumn column) {
        put(
                key + (column.on() instanceof IndexColumn.Column ? ".column" : ".expression"),
                column.on().toString());
        put(key + ".order", column.order().map(order -> words(order.name())));
        put(key + ".nulls", column.nulls().map(nulls -> words(nulls.name())));
        put(key + ".opclass", column.opclass());
    }

    private void names(String key, List<Identifier> names) {
        for (int i = 0; i < names.size(); i++) {
            put(key + "[" + i + "]", names.get(i));
        }
    }

    private static String words(String sql) {
        return sql.toLowerCase(Locale.ROOT);
    }

    private void put(String key, String value) {
        leaves.put(path + "." + key, value);
    }

    private void put(String key, Identifier name) {
        leaves.put(path + "." + key, name);
    }

    private void put(String key, Optional<?> value) {
        leaves.put(path + "." + key, value);
    }
}
