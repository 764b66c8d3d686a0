package dev.migrator.operation;

import dev.migrator.Identifier;
import dev.migrator.TableRef;
import dev.migrator.internal.check.Checks;
import java.util.List;
import java.util.Optional;

/**
 * Adds a foreign key.
 *
 * @param table the table that refers
 * @param name the constraint
 * @param columns the columns that refer, at least one
 * @param referencedTable the table referred to
 * @param referencedColumns the columns referred to, as many
 * @param onDelete what happens when a row referred to is deleted; empty: the server's default, an error
 * @param onUpdate what happens when the key of a row referred to changes; empty: the server's default, an error
 */
public record AddForeignKey(
        TableRef table,
        Identifier name,
        List<Identifier> columns,
        TableRef referencedTable,
        List<Identifier> referencedColumns,
        Optional<ReferentialAction> onDelete,
        Optional<ReferentialAction> onUpdate)
        implements Operation {

    /**
     * Checks the operation.
     *
     * @throws IllegalArgumentException with all that contradicts itself
     */
    public AddForeignKey {
        columns = List.copyOf(columns);
        referencedColumns = List.copyOf(referencedColumns);
        boolean comparable = !columns.isEmpty() && !referencedColumns.isEmpty();
        new Checks()
                .notEmpty("columns", columns)
                .distinct("columns", columns, "")
                .notEmpty("references.columns", referencedColumns)
                .distinct("references.columns", referencedColumns, "")
                .addIf(
                        comparable && columns.size() != referencedColumns.size(),
                        "references.columns",
                        "has " + referencedColumns.size() + (referencedColumns.size() == 1 ? " name" : " names")
                                + ", but `columns` has " + columns.size())
                .throwIfAny();
    }

    @Override
    public String keyword() {
        return "addForeignKey";
    }

    @Override
    public Optional<TableRef> onTable() {
        return Optional.of(table);
    }

    @Override
    public <R> R match(Cases<R> cases) {
        return cases.addForeignKey(this);
    }

    @Override
    public boolean narrows() {
        return true;
    }

    /**
     * Collects the parts of the operation; each method is named as in a migration file.
     *
     * @param table the table that refers
     * @param name the constraint
     * @param columns the columns that refer
     * @param referencedTable the table referred to
     * @param referencedColumns the columns referred to
     * @return a builder without any optional part
     */
    public static Builder builder(
            TableRef table,
            Identifier name,
            List<Identifier> columns,
            TableRef referencedTable,
            List<Identifier> referencedColumns) {
        return new Builder(new AddForeignKey(
                table, name, columns, referencedTable, referencedColumns, Optional.empty(), Optional.empty()));
    }

    /** Collects the optional parts of the operation. Not thread-safe. */
    public static final class Builder {
        private final AddForeignKey key;
        private Optional<Identifier> schema;
        private Optional<Identifier> referencedSchema;
        private Optional<ReferentialAction> onDelete = Optional.empty();
        private Optional<ReferentialAction> onUpdate = Optional.empty();

        private Builder(AddForeignKey key) {
            this.key = key;
            schema = key.table.schema();
            referencedSchema = key.referencedTable.schema();
        }

        /**
         * Says that the table that refers is in another schema than the migration's default.
         *
         * @param newSchema the schema, unquoted
         * @return this
         * @throws IllegalArgumentException if it can't be a name
         */
        public Builder schema(String newSchema) {
            schema = Optional.of(Identifier.of(newSchema));
            return this;
        }

        /**
         * Says that the table referred to is in another schema than the migration's default.
         *
         * @param newSchema the schema, unquoted
         * @return this
         * @throws IllegalArgumentException if it can't be a name
         */
        public Builder referencedSchema(String newSchema) {
            referencedSchema = Optional.of(Identifier.of(newSchema));
            return this;
        }

        /**
         * Says what happens when a row referred to is deleted; left out: an error.
         *
         * @param action what happens
         * @return this
         */
        public Builder onDelete(ReferentialAction action) {
            onDelete = Optional.of(action);
            return this;
        }

        /**
         * Says what happens when the key of a row referred to changes; left out: an error.
         *
         * @param action what happens
         * @return this
         */
        public Builder onUpdate(ReferentialAction action) {
            onUpdate = Optional.of(action);
            return this;
        }

        /**
         * Makes the operation.
         *
         * @return the operation
         */
        public AddForeignKey build() {
            return new AddForeignKey(
                    new TableRef(schema, key.table.name()),
                    key.name,
                    key.columns,
                    new TableRef(referencedSchema, key.referencedTable.name()),
                    key.referencedColumns,
                    onDelete,
                    onUpdate);
        }
    }
}
