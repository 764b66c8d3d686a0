package dev.migrator.operation;

import dev.migrator.Identifier;
import dev.migrator.internal.check.Checks;
import java.util.Optional;

/**
 * What an index is built on.
 *
 * @param on the column or expression
 * @param order the order; empty: the server's default, ascending
 * @param nulls where NULLs go; empty: the server's default, last in ascending order and first in descending
 * @param opclass the operator class as SQL, perhaps with its schema and parameters; empty: the type's default
 */
public record IndexColumn(On on, Optional<Order> order, Optional<Nulls> nulls, Optional<String> opclass) {

    /**
     * Checks the operator class.
     *
     * @throws IllegalArgumentException if it is blank or can't be sent to the server
     */
    public IndexColumn {
        opclass = opclass.map(String::strip);
        new Checks().text("opclass", opclass).throwIfAny();
    }

    /**
     * A column, in the defaults of all else.
     *
     * @param column the column, unquoted
     * @return the part of an index
     * @throws IllegalArgumentException if it can't be a name
     */
    public static IndexColumn column(String column) {
        return of(new Column(Identifier.of(column)));
    }

    /**
     * An expression, in the defaults of all else.
     *
     * @param sql the SQL expression on the row
     * @return the part of an index
     * @throws IllegalArgumentException if it is blank or can't be sent to the server
     */
    public static IndexColumn expression(String sql) {
        return of(new Expression(sql));
    }

    private static IndexColumn of(On on) {
        return new IndexColumn(on, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * The same in another order.
     *
     * @param newOrder the order
     * @return a copy
     */
    public IndexColumn order(Order newOrder) {
        return new IndexColumn(on, Optional.of(newOrder), nulls, opclass);
    }

    /**
     * The same with the NULLs elsewhere.
     *
     * @param newNulls where NULLs go
     * @return a copy
     */
    public IndexColumn nulls(Nulls newNulls) {
        return new IndexColumn(on, order, Optional.of(newNulls), opclass);
    }

    /**
     * The same with another operator class.
     *
     * @param newOpclass the operator class as SQL
     * @return a copy
     * @throws IllegalArgumentException if it is blank or can't be sent to the server
     */
    public IndexColumn opclass(String newOpclass) {
        return new IndexColumn(on, order, nulls, Optional.of(newOpclass));
    }

    /** A column or an expression. */
    public sealed interface On {}

    /**
     * A column.
     *
     * @param name the column
     */
    public record Column(Identifier name) implements On {
        @Override
        public String toString() {
            return name.toString();
        }
    }

    /**
     * An expression.
     *
     * @param sql the SQL expression on the row
     */
    public record Expression(String sql) implements On {
        /**
         * Checks the expression.
         *
         * @throws IllegalArgumentException if it is blank or can't be sent to the server
         */
        public Expression {
            sql = sql.strip();
            new Checks().text("expression", sql).throwIfAny();
        }

        @Override
        public String toString() {
            return sql;
        }
    }

    /** The order of an index. */
    public enum Order {
        /** Ascending. */
        ASC,
        /** Descending. */
        DESC
    }

    /** Where an index puts NULLs. */
    public enum Nulls {
        /** Before all values. */
        FIRST,
        /** After all values. */
        LAST
    }
}
