package dev.migrator.operation;

import dev.migrator.Identifier;
import dev.migrator.TableRef;
import dev.migrator.internal.check.Checks;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes several columns out of one.
 *
 * @param table the table
 * @param column the column that is retired
 * @param into the columns that take its place, at least one
 * @param down the SQL expression on the row that computes the old column from the new ones
 */
public record SplitColumn(TableRef table, Identifier column, List<NewColumn> into, String down) implements Operation {

    /**
     * Checks the operation.
     *
     * @throws IllegalArgumentException with all that contradicts itself
     */
    public SplitColumn {
        into = List.copyOf(into);
        down = down.strip();
        Checks checks = new Checks().text("down", down).notEmpty("into", into);
        List<Identifier> names = new ArrayList<>();
        into.forEach(part -> names.add(part.column()));
        for (int i = 0; i < names.size(); i++) {
            checks.addIf(
                    names.get(i).equals(column),
                    "into[" + i + "].column",
                    "is '" + column + "', the column that is split; a part needs a name of its own");
        }
        checks.distinct("into", names, ".column").throwIfAny();
    }

    @Override
    public String keyword() {
        return "splitColumn";
    }

    @Override
    public Optional<TableRef> onTable() {
        return Optional.of(table);
    }

    @Override
    public <R> R match(Cases<R> cases) {
        return cases.splitColumn(this);
    }
}
