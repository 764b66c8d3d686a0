package dev.migrator.internal.file;

import dev.migrator.Identifier;
import dev.migrator.TableRef;
import dev.migrator.internal.file.YamlNode.Mapping;
import dev.migrator.operation.AddColumn;
import dev.migrator.operation.AddForeignKey;
import dev.migrator.operation.ChangeType;
import dev.migrator.operation.CreateIndex;
import dev.migrator.operation.DropColumn;
import dev.migrator.operation.Identity;
import dev.migrator.operation.IndexColumn;
import dev.migrator.operation.MergeColumns;
import dev.migrator.operation.NewColumn;
import dev.migrator.operation.OldColumn;
import dev.migrator.operation.Operation;
import dev.migrator.operation.ReferentialAction;
import dev.migrator.operation.RenameColumn;
import dev.migrator.operation.RunSql;
import dev.migrator.operation.SetNotNull;
import dev.migrator.operation.SplitColumn;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The operations that a file may hold: the keys of each, and how it is made of them. Each reader takes all its keys first, so
 * that all that is wrong is in the report, and returns a supplier that is asked only if nothing was.
 */
final class OperationForms {

    private static final List<String> NEW_COLUMN = List.of("column", "type", "up");
    private static final List<String> OLD_COLUMN = List.of("column", "down");
    private static final List<String> INDEX_COLUMN = List.of("column", "expression", "order", "nulls", "opclass");
    private static final Map<String, Identity> IDENTITIES = identities();
    private static final Map<String, ReferentialAction> ACTIONS = words(ReferentialAction.values());
    private static final Map<String, IndexColumn.Order> ORDERS = words(IndexColumn.Order.values());
    private static final Map<String, IndexColumn.Nulls> NULLS = words(IndexColumn.Nulls.values());

    /**
     * One operation.
     *
     * @param keys its keys
     * @param reader reads it
     */
    record Form(List<String> keys, Function<Keys, Supplier<Operation>> reader) {}

    private final Report report;
    private final Map<String, Form> forms = new LinkedHashMap<>();

    OperationForms(Report report) {
        this.report = report;
        form(
                "addColumn",
                "schema table column type nullable default up comment identity generated transform inputs",
                this::addColumn);
        form("dropColumn", "schema table column down", this::dropColumn);
        form("renameColumn", "schema table column to", this::renameColumn);
        form("changeType", "schema table column type up down to", this::changeType);
        form("splitColumn", "schema table column into down", this::splitColumn);
        form("mergeColumns", "schema table columns into", this::mergeColumns);
        form("setNotNull", "schema table column fill", this::setNotNull);
        form("addForeignKey", "schema table name columns references onDelete onUpdate", this::addForeignKey);
        form("createIndex", "schema table name columns unique method include where", this::createIndex);
        form("sql", "expand contract rollback transaction", this::sql);
    }

    private void form(String keyword, String keys, Function<Keys, Supplier<Operation>> reader) {
        forms.put(keyword, new Form(List.of(keys.split(" ", -1)), reader));
    }

    Optional<Form> of(String keyword) {
        return Optional.ofNullable(forms.get(keyword));
    }

    List<String> keywords() {
        return List.copyOf(forms.keySet());
    }

    private Supplier<Operation> addColumn(Keys keys) {
        Optional<TableRef> table = table(keys);
        Optional<Identifier> column = keys.name("column");
        Optional<String> type = keys.text("type");
        boolean nullable = keys.bool("nullable", true);
        Optional<String> defaultValue = keys.optionalText("default");
        Optional<String> up = keys.optionalText("up");
        Optional<String> comment = keys.optionalText("comment");
        Optional<Identity> identity = keys.choice("identity", IDENTITIES);
        Optional<String> generated = keys.optionalText("generated");
        Optional<String> transform = keys.optionalText("transform");
        List<Identifier> inputs = keys.has("inputs") ? keys.names("inputs") : List.of();
        return () -> new AddColumn(
                table.orElseThrow(),
                column.orElseThrow(),
                type.orElseThrow(),
                nullable,
                defaultValue,
                up,
                comment,
                identity,
                generated,
                transform,
                inputs);
    }

    private Supplier<Operation> dropColumn(Keys keys) {
        Optional<TableRef> table = table(keys);
        Optional<Identifier> column = keys.name("column");
        Optional<String> down = keys.optionalText("down");
        return () -> new DropColumn(table.orElseThrow(), column.orElseThrow(), down);
    }

    private Supplier<Operation> renameColumn(Keys keys) {
        Optional<TableRef> table = table(keys);
        Optional<Identifier> column = keys.name("column");
        Optional<Identifier> to = keys.name("to");
        return () -> new RenameColumn(table.orElseThrow(), column.orElseThrow(), to.orElseThrow());
    }

    private Supplier<Operation> changeType(Keys keys) {
        Optional<TableRef> table = table(keys);
        Optional<Identifier> column = keys.name("column");
        Optional<String> type = keys.text("type");
        Optional<String> up = keys.optionalText("up");
        Optional<String> down = keys.optionalText("down");
        Optional<Identifier> to = keys.optionalName("to");
        return () -> new ChangeType(table.orElseThrow(), column.orElseThrow(), type.orElseThrow(), up, down, to);
    }

    private Supplier<Operation> splitColumn(Keys keys) {
        Optional<TableRef> table = table(keys);
        Optional<Identifier> column = keys.name("column");
        List<NewColumn> into = keys.list("into", this::newColumn);
        Optional<String> down = keys.text("down");
        return () -> new SplitColumn(table.orElseThrow(), column.orElseThrow(), into, down.orElseThrow());
    }

    private Supplier<Operation> mergeColumns(Keys keys) {
        Optional<TableRef> table = table(keys);
        List<OldColumn> columns = keys.list("columns", this::oldColumn);
        Optional<NewColumn> into = keys.require("into").flatMap(node -> newColumn(keys.path("into"), node));
        return () -> new MergeColumns(table.orElseThrow(), columns, into.orElseThrow());
    }

    private Supplier<Operation> setNotNull(Keys keys) {
        Optional<TableRef> table = table(keys);
        Optional<Identifier> column = keys.name("column");
        Optional<String> fill = keys.optionalText("fill");
        return () -> new SetNotNull(table.orElseThrow(), column.orElseThrow(), fill);
    }

    private Supplier<Operation> addForeignKey(Keys keys) {
        Optional<TableRef> table = table(keys);
        Optional<Identifier> name = keys.name("name");
        List<Identifier> columns = keys.names("columns");
        Optional<Keys> references = keys.require("references")
                .flatMap(node -> Keys.of(report, keys.path("references"), node, List.of("schema", "table", "columns")));
        Optional<TableRef> referencedTable = references.flatMap(this::table);
        List<Identifier> referencedColumns =
                references.map(inner -> inner.names("columns")).orElse(List.of());
        Optional<ReferentialAction> onDelete = keys.choice("onDelete", ACTIONS);
        Optional<ReferentialAction> onUpdate = keys.choice("onUpdate", ACTIONS);
        return () -> new AddForeignKey(
                table.orElseThrow(),
                name.orElseThrow(),
                columns,
                referencedTable.orElseThrow(),
                referencedColumns,
                onDelete,
                onUpdate);
    }

    private Supplier<Operation> createIndex(Keys keys) {
        Optional<TableRef> table = table(keys);
        Optional<Identifier> name = keys.name("name");
        List<IndexColumn> columns = keys.list("columns", this::indexColumn);
        boolean unique = keys.bool("unique", false);
        Optional<Identifier> method = keys.optionalName("method");
        List<Identifier> include = keys.has("include") ? keys.names("include") : List.of();
        Optional<String> where = keys.optionalText("where");
        return () -> new CreateIndex(table.orElseThrow(), name.orElseThrow(), columns, unique, method, include, where);
    }

    private Supplier<Operation> sql(Keys keys) {
        Optional<String> expand = keys.optionalText("expand");
        Optional<String> contract = keys.optionalText("contract");
        Optional<String> rollback = keys.optionalText("rollback");
        boolean transaction = keys.bool("transaction", true);
        return () -> new RunSql(expand, contract, rollback, transaction);
    }

    private Optional<TableRef> table(Keys keys) {
        Optional<Identifier> schema = keys.optionalName("schema");
        return keys.name("table").map(name -> new TableRef(schema, name));
    }

    private Optional<NewColumn> newColumn(String path, YamlNode node) {
        int before = report.size();
        return Keys.of(report, path, node, NEW_COLUMN).flatMap(keys -> {
            Optional<Identifier> column = keys.name("column");
            Optional<String> type = keys.text("type");
            Optional<String> up = keys.text("up");
            return report.make(
                    path, before, () -> new NewColumn(column.orElseThrow(), type.orElseThrow(), up.orElseThrow()));
        });
    }

    private Optional<OldColumn> oldColumn(String path, YamlNode node) {
        int before = report.size();
        return Keys.of(report, path, node, OLD_COLUMN).flatMap(keys -> {
            Optional<Identifier> column = keys.name("column");
            Optional<String> down = keys.text("down");
            return report.make(path, before, () -> new OldColumn(column.orElseThrow(), down.orElseThrow()));
        });
    }

    /** A column's name alone, or a map. */
    private Optional<IndexColumn> indexColumn(String path, YamlNode node) {
        int before = report.size();
        if (!(node instanceof Mapping)) {
            report.place(path + ".column", node.at(), node.at());
            return Keys.name(report, path, node)
                    .map(name -> new IndexColumn(
                            new IndexColumn.Column(name), Optional.empty(), Optional.empty(), Optional.empty()));
        }
        return Keys.of(report, path, node, INDEX_COLUMN).flatMap(keys -> {
            Optional<Identifier> column = keys.optionalName("column");
            Optional<String> expression = keys.optionalText("expression");
            if (keys.has("column") == keys.has("expression")) {
                report.problem(node, path, "needs either 'column' or 'expression'");
            }
            Optional<IndexColumn.Order> order = keys.choice("order", ORDERS);
            Optional<IndexColumn.Nulls> nulls = keys.choice("nulls", NULLS);
            Optional<String> opclass = keys.optionalText("opclass");
            return report.make(path, before, () -> {
                IndexColumn.On on = column.<IndexColumn.On>map(IndexColumn.Column::new)
                        .orElseGet(() -> new IndexColumn.Expression(expression.orElseThrow()));
                return new IndexColumn(on, order, nulls, opclass);
            });
        });
    }

    private static Map<String, Identity> identities() {
        Map<String, Identity> words = words(Identity.values());
        words.put("true", Identity.BY_DEFAULT);
        return words;
    }

    /** The words of an enum as a file writes them: {@code SET_NULL} is {@code set null}. */
    private static <E extends Enum<E>> Map<String, E> words(E[] values) {
        Map<String, E> words = new LinkedHashMap<>();
        for (E value : values) {
            words.put(value.name().toLowerCase(Locale.ROOT).replace('_', ' '), value);
        }
        return words;
    }
}
