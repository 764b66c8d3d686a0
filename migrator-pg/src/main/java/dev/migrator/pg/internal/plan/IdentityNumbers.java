package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.QualifiedName;
import dev.migrator.operation.Identity;
import dev.migrator.pg.internal.expression.Expression;
import dev.migrator.pg.internal.sql.Literal;
import java.util.List;
import java.util.Set;

/**
 * The numbers of an identity column that is added. A column can't be an identity column while it has NULLs, and then it
 * always gets a new sequence; so until CONTRACT the numbers come from a sequence of the migrator's own, and go on from there
 * in the exchange, under a lock that hands out none meanwhile. The helper stays where it is until PURGE, for the way back.
 *
 * <p>Everybody may take numbers from the helper: the sync trigger runs with the writer's rights, whereas an identity column
 * asks for none.
 *
 * @param table the table
 * @param column the column
 * @param type its type
 * @param kind how it counts
 * @param helper the sequence until CONTRACT, in the table's schema
 */
record IdentityNumbers(QualifiedName table, Identifier column, String type, Identity kind, Identifier helper) {

    /** The types that can count. */
    static final List<String> TYPES = List.of("smallint", "integer", "bigint");

    /** The greatest number of a type. */
    static long greatest(String type) {
        return switch (type) {
            case "smallint" -> Short.MAX_VALUE;
            case "integer" -> Integer.MAX_VALUE;
            default -> Long.MAX_VALUE;
        };
    }

    private String sequence() {
        return new QualifiedName(table.schema(), helper).quoted();
    }

    private String helperAsValue() {
        return Literal.text(sequence()) + "::pg_catalog.regclass";
    }

    /** The next number, as what fills the column. */
    Expression next() {
        String text = "pg_catalog.nextval(" + helperAsValue() + ")";
        return new Expression(text, table.name(), Set.of(), "bigint", false, Set.of(Expression.Problem.VOLATILE));
    }

    /** Makes the helper. */
    List<String> create() {
        return List.of(
                "CREATE SEQUENCE " + sequence() + " AS " + type,
                "GRANT USAGE ON SEQUENCE " + sequence() + " TO PUBLIC");
    }

    /** Drops the helper, when nothing uses it any more. */
    String drop() {
        return "DROP SEQUENCE IF EXISTS " + sequence();
    }

    /** The column, which refuses NULL by now, counts by itself from where the helper is. */
    List<String> forward() {
        return List.of(
                alter() + "ADD GENERATED " + kind.sql() + " AS IDENTITY",
                // Changes nothing, but from here on nobody takes a number from the helper past its table.
                "ALTER SEQUENCE " + sequence() + " INCREMENT BY 1",
                "SELECT pg_catalog.setval(" + identityAsValue() + ", last_value, is_called) FROM " + sequence());
    }

    /** The helper goes on from where the column is; without a number taken since, from where it was. */
    List<String> backward() {
        return List.of(
                alter() + "SET INCREMENT BY 1",
                "SELECT pg_catalog.setval(" + helperAsValue()
                        + ", n.last) FROM (SELECT pg_catalog.pg_sequence_last_value(" + identityAsValue()
                        + ") AS last) AS n WHERE n.last IS NOT NULL",
                alter() + "DROP IDENTITY");
    }

    private String alter() {
        return "ALTER TABLE " + table.quoted() + " ALTER COLUMN " + column.quoted() + " ";
    }

    private String identityAsValue() {
        return "pg_catalog.pg_get_serial_sequence(" + Literal.text(table.quoted()) + ", " + Literal.text(column.value())
                + ")::pg_catalog.regclass";
    }
}
