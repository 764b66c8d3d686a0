package dev.migrator.operation;

import dev.migrator.Identifier;
import dev.migrator.TableRef;
import dev.migrator.internal.check.Checks;
import java.util.Optional;

/**
 * Forbids NULL in a column.
 *
 * @param table the table
 * @param column the column
 * @param fill the SQL expression on the row that replaces the NULLs that are there; empty: there must be none
 */
public record SetNotNull(TableRef table, Identifier column, Optional<String> fill) implements Operation {

    /**
     * Checks the operation.
     *
     * @throws IllegalArgumentException if the expression is blank or can't be sent to the server
     */
    public SetNotNull {
        fill = fill.map(String::strip);
        new Checks().text("fill", fill).throwIfAny();
    }

    @Override
    public String keyword() {
        return "setNotNull";
    }

    @Override
    public Optional<TableRef> onTable() {
        return Optional.of(table);
    }

    @Override
    public <R> R match(Cases<R> cases) {
        return cases.setNotNull(this);
    }

    @Override
    public boolean narrows() {
        return true;
    }
}
