package dev.migrator.operation;

import dev.migrator.Identifier;
import dev.migrator.internal.check.Checks;

/**
 * A column that an operation retires and keeps in step until it is gone.
 *
 * @param column the column
 * @param down the SQL expression on the row that computes it from the new shape
 */
public record OldColumn(Identifier column, String down) {

    /**
     * Checks the expression.
     *
     * @throws IllegalArgumentException if it is blank or can't be sent to the server
     */
    public OldColumn {
        down = down.strip();
        new Checks().text("down", down).throwIfAny();
    }

    /**
     * A column that is kept in step.
     *
     * @param column the column, unquoted
     * @param down the SQL expression on the row that computes it from the new shape
     * @return the column
     * @throws IllegalArgumentException if one of them can't be what it should be
     */
    public static OldColumn of(String column, String down) {
        return new OldColumn(Identifier.of(column), down);
    }
}
