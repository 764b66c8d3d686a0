package dev.migrator.operation;

import dev.migrator.Identifier;
import dev.migrator.TableRef;
import dev.migrator.internal.check.Checks;
import java.util.Optional;

/**
 * Gives a column another name; both names work until CONTRACT.
 *
 * @param table the table
 * @param column the column
 * @param to its new name
 */
public record RenameColumn(TableRef table, Identifier column, Identifier to) implements Operation {

    /**
     * Checks the operation.
     *
     * @throws IllegalArgumentException if the new name is the old one
     */
    public RenameColumn {
        new Checks()
                .addIf(to.equals(column), "to", "is '" + to + "', the column's name already")
                .throwIfAny();
    }

    @Override
    public String keyword() {
        return "renameColumn";
    }

    @Override
    public Optional<TableRef> onTable() {
        return Optional.of(table);
    }

    @Override
    public <R> R match(Cases<R> cases) {
        return cases.renameColumn(this);
    }
}
