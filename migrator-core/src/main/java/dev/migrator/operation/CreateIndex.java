package dev.migrator.operation;

import dev.migrator.Identifier;
import dev.migrator.TableRef;
import dev.migrator.internal.check.Checks;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Builds an index without blocking writes.
 *
 * @param table the table
 * @param name the index
 * @param columns what it is built on, at least one
 * @param unique whether it forbids duplicates
 * @param method the access method; empty: the server's default, btree
 * @param include the columns that it carries besides
 * @param where the SQL condition on the rows that it covers; empty: all rows
 */
public record CreateIndex(
        TableRef table,
        Identifier name,
        List<IndexColumn> columns,
        boolean unique,
        Optional<Identifier> method,
        List<Identifier> include,
        Optional<String> where)
        implements Operation {

    /**
     * Checks the operation.
     *
     * @throws IllegalArgumentException with all that contradicts itself
     */
    public CreateIndex {
        columns = List.copyOf(columns);
        include = List.copyOf(include);
        where = where.map(String::strip);
        Checks checks = new Checks().notEmpty("columns", columns);
        // The same column under two operator classes is of use; the same one twice is a slip.
        Set<List<Object>> keys = new HashSet<>();
        Set<IndexColumn.On> indexed = new HashSet<>();
        for (int i = 0; i < columns.size(); i++) {
            IndexColumn column = columns.get(i);
            indexed.add(column.on());
            checks.addIf(
                    !keys.add(List.of(column.on(), column.opclass())),
                    "columns[" + i + "]",
                    "names '" + column.on() + "' a second time");
        }
        for (int i = 0; i < include.size(); i++) {
            checks.addIf(
                    indexed.contains(new IndexColumn.Column(include.get(i))),
                    "include[" + i + "]",
                    "is '" + include.get(i) + "', which the index has already under `columns`");
        }
        checks.distinct("include", include, "").text("where", where).throwIfAny();
    }

    @Override
    public String keyword() {
        return "createIndex";
    }

    @Override
    public Optional<TableRef> onTable() {
        return Optional.of(table);
    }

    @Override
    public <R> R match(Cases<R> cases) {
        return cases.createIndex(this);
    }

    @Override
    public boolean narrows() {
        return unique;
    }

    /**
     * Collects the parts of the operation; each method is named as in a migration file.
     *
     * @param table the table
     * @param name the index
     * @return a builder without any optional part
     */
    public static Builder builder(TableRef table, Identifier name) {
        return new Builder(table, name);
    }

    /** Collects the parts of the operation. Not thread-safe. */
    public static final class Builder {
        private TableRef table;
        private final Identifier name;
        private final List<IndexColumn> columns = new ArrayList<>();
        private boolean unique;
        private Optional<Identifier> method = Optional.empty();
        private final List<Identifier> include = new ArrayList<>();
        private Optional<String> where = Optional.empty();

        private Builder(TableRef table, Identifier name) {
            this.table = table;
            this.name = name;
        }

        /**
         * Says that the table is in another schema than the migration's default.
         *
         * @param schema the schema, unquoted
         * @return this
         * @throws IllegalArgumentException if it can't be a name
         */
        public Builder schema(String schema) {
            table = new TableRef(Optional.of(Identifier.of(schema)), table.name());
            return this;
        }

        /**
         * Adds a column to what the index is built on.
         *
         * @param column the column, unquoted
         * @return this
         */
        public Builder column(String column) {
            columns.add(IndexColumn.column(column));
            return this;
        }

        /**
         * Adds a column or an expression to what the index is built on.
         *
         * @param column the column or expression
         * @return this
         */
        public Builder column(IndexColumn column) {
            columns.add(column);
            return this;
        }

        /**
         * Adds an expression to what the index is built on.
         *
         * @param sql the SQL expression on the row
         * @return this
         */
        public Builder expression(String sql) {
            columns.add(IndexColumn.expression(sql));
            return this;
        }

        /**
         * Says whether the index forbids duplicates; left out: it does not.
         *
         * @param unique whether it does
         * @return this
         */
        public Builder unique(boolean unique) {
            this.unique = unique;
            return this;
        }

        /**
         * Names the access method; left out: btree.
         *
         * @param method the access method, unquoted
         * @return this
         * @throws IllegalArgumentException if it can't be a name
         */
        public Builder method(String method) {
            this.method = Optional.of(Identifier.of(method));
            return this;
        }

        /**
         * Adds a column that the index carries besides.
         *
         * @param column the column, unquoted
         * @return this
         * @throws IllegalArgumentException if it can't be a name
         */
        public Builder include(String column) {
            include.add(Identifier.of(column));
            return this;
        }

        /**
         * Limits the index to some rows.
         *
         * @param sql the SQL condition on the row
         * @return this
         */
        public Builder where(String sql) {
            where = Optional.of(sql);
            return this;
        }

        /**
         * Makes the operation.
         *
         * @return the operation
         * @throws IllegalArgumentException with all that contradicts itself
         */
        public CreateIndex build() {
            return new CreateIndex(table, name, columns, unique, method, include, where);
        }
    }
}
