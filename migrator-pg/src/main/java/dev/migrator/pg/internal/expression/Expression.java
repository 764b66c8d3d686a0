package dev.migrator.pg.internal.expression;

import dev.migrator.Identifier;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * An expression on one row that the server has understood.
 *
 * @param text the expression as the server prints it, every name in it qualified
 * @param alias the table's name, by which the text may refer to columns
 * @param columns the columns that it reads
 * @param type the type of its value
 * @param bareColumn whether it is nothing but one column
 * @param problems what it contains that an expression of its kind must not, for people
 */
public record Expression(
        String text,
        Identifier alias,
        Set<Identifier> columns,
        String type,
        boolean bareColumn,
        Set<Problem> problems) {

    /** What an expression may contain that not every place for one can bear. */
    public enum Problem {
        /** A subquery. */
        SUBQUERY("contains a subquery"),
        /** An aggregate, window or set-returning function. */
        NOT_PER_ROW("contains an aggregate, window or set-returning function"),
        /** A volatile function. */
        VOLATILE("calls a volatile function, which gives another value each time"),
        /** What another session, or the same one later, would compute otherwise from the same row. */
        CLOCK("tells the time or who asks, and so gives another value to everyone who computes it"),
        /** A function, or a conversion of its arguments or result, that looks at the session's settings. */
        SETTINGS("may depend on settings of the session, such as TimeZone or DateStyle"),
        /** The whole row or a system column. */
        WHOLE_ROW("refers to the whole row or to a system column");

        /** What a default may do: it is computed once, by whoever writes. */
        public static final Set<Problem> OF_DEFAULTS = Set.of(VOLATILE, CLOCK, SETTINGS);

        /** What a value may do that is computed once and never compared. */
        public static final Set<Problem> OF_FILLS = Set.of(CLOCK, SETTINGS);

        private final String text;

        Problem(String text) {
            this.text = text;
        }

        /** What is the matter, as the end of a sentence that begins with the expression. */
        public String text() {
            return text;
        }
    }

    /** Copies the sets. */
    public Expression {
        columns = Set.copyOf(columns);
        problems = Set.copyOf(problems);
    }

    /**
     * The expression's value where its columns stand elsewhere, as one SQL expression.
     *
     * @param reference where a column's value is found, e.g. {@code NEW."name"}
     */
    public String over(Function<Identifier, String> reference) {
        if (columns.isEmpty()) {
            return "(" + text + ")";
        }
        return "(SELECT " + text + " " + from(reference) + ")";
    }

    /** The FROM clause that gives the expression its columns. */
    public String from(Function<Identifier, String> reference) {
        String list = columns.stream()
                .sorted()
                .map(column -> reference.apply(column) + " AS " + column.quoted())
                .collect(Collectors.joining(", "));
        return "FROM (SELECT " + list + ") AS " + alias.quoted();
    }

    /** The expression where its columns stand in the row of a table that bears their names, or others. */
    public String onRow(Map<Identifier, Identifier> physical) {
        boolean same = columns.stream()
                .allMatch(column -> physical.getOrDefault(column, column).equals(column));
        return same
                ? "(" + text + ")"
                : over(column -> alias.quoted() + "."
                        + physical.getOrDefault(column, column).quoted());
    }
}
