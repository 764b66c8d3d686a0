package dev.migrator.operation;

import dev.migrator.Identifier;
import dev.migrator.TableRef;
import dev.migrator.internal.check.Checks;
import java.util.Optional;

/**
 * Gives a column another type.
 *
 * @param table the table
 * @param column the column
 * @param type its new SQL type
 * @param up the SQL expression on the row that computes the new value; empty: a cast
 * @param down the SQL expression on the row that computes the old value; empty: a cast
 * @param to the name of the column with the new type; empty: the same name, exchanged at CONTRACT
 */
public record ChangeType(
        TableRef table,
        Identifier column,
        String type,
        Optional<String> up,
        Optional<String> down,
        Optional<Identifier> to)
        implements Operation {

    /**
     * Checks the operation.
     *
     * @throws IllegalArgumentException with all that contradicts itself
     */
    public ChangeType {
        type = type.strip();
        up = up.map(String::strip);
        down = down.map(String::strip);
        new Checks()
                .text("type", type)
                .text("up", up)
                .text("down", down)
                .addIf(
                        to.isPresent() && to.get().equals(column),
                        "to",
                        "is '" + column + "', the column's name already; leave `to` out to keep the name")
                .throwIfAny();
    }

    @Override
    public String keyword() {
        return "changeType";
    }

    @Override
    public Optional<TableRef> onTable() {
        return Optional.of(table);
    }

    @Override
    public <R> R match(Cases<R> cases) {
        return cases.changeType(this);
    }

    /**
     * Collects the parts of the operation; each method is named as in a migration file.
     *
     * @param table the table
     * @param column the column
     * @param type its new SQL type
     * @return a builder without any optional part
     */
    public static Builder builder(TableRef table, Identifier column, String type) {
        return new Builder(table, column, type);
    }

    /** Collects the parts of the operation. Not thread-safe. */
    public static final class Builder {
        private TableRef table;
        private final Identifier column;
        private final String type;
        private Optional<String> up = Optional.empty();
        private Optional<String> down = Optional.empty();
        private Optional<Identifier> to = Optional.empty();

        private Builder(TableRef table, Identifier column, String type) {
            this.table = table;
            this.column = column;
            this.type = type;
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
         * Says how the new value is computed; left out: by a cast.
         *
         * @param sql the SQL expression on the row
         * @return this
         */
        public Builder up(String sql) {
            up = Optional.of(sql);
            return this;
        }

        /**
         * Says how the old value is computed; left out: by a cast.
         *
         * @param sql the SQL expression on the row
         * @return this
         */
        public Builder down(String sql) {
            down = Optional.of(sql);
            return this;
        }

        /**
         * Names the column with the new type; left out: the same name, exchanged at CONTRACT.
         *
         * @param name the name, unquoted
         * @return this
         * @throws IllegalArgumentException if it can't be a name
         */
        public Builder to(String name) {
            to = Optional.of(Identifier.of(name));
            return this;
        }

        /**
         * Makes the operation.
         *
         * @return the operation
         * @throws IllegalArgumentException with all that contradicts itself
         */
        public ChangeType build() {
            return new ChangeType(table, column, type, up, down, to);
        }
    }
}
