package dev.migrator.operation;

import dev.migrator.Identifier;
import dev.migrator.TableRef;
import dev.migrator.internal.check.Checks;
import java.util.Optional;

/**
 * Drops a column, at PURGE.
 *
 * @param table the table
 * @param column the column
 * @param down the SQL expression on the row that fills the column for rows written without it, for the way back
 */
public record DropColumn(TableRef table, Identifier column, Optional<String> down) implements Operation {

    /**
     * Checks the operation.
     *
     * @throws IllegalArgumentException if the expression is blank or can't be sent to the server
     */
    public DropColumn {
        down = down.map(String::strip);
        new Checks().text("down", down).throwIfAny();
    }

    @Override
    public String keyword() {
        return "dropColumn";
    }

    @Override
    public Optional<TableRef> onTable() {
        return Optional.of(table);
    }

    @Override
    public <R> R match(Cases<R> cases) {
        return cases.dropColumn(this);
    }
}
