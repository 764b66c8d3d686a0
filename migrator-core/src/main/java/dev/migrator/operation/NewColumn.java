package dev.migrator.operation;

import dev.migrator.Identifier;
import dev.migrator.internal.check.Checks;

/**
 * A column that an operation makes and fills from others.
 *
 * @param column the column
 * @param type its SQL type
 * @param up the SQL expression on the row that computes it
 */
public record NewColumn(Identifier column, String type, String up) {

    /**
     * Checks the texts.
     *
     * @throws IllegalArgumentException if one is blank or can't be sent to the server
     */
    public NewColumn {
        type = type.strip();
        up = up.strip();
        new Checks().text("type", type).text("up", up).throwIfAny();
    }

    /**
     * A column that is computed from others.
     *
     * @param column the column, unquoted
     * @param type its SQL type
     * @param up the SQL expression on the row that computes it
     * @return the column
     * @throws IllegalArgumentException if one of them can't be what it should be
     */
    public static NewColumn of(String column, String type, String up) {
        return new NewColumn(Identifier.of(column), type, up);
    }
}
