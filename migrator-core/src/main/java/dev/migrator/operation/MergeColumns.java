package dev.migrator.operation;

import dev.migrator.Identifier;
import dev.migrator.TableRef;
import dev.migrator.internal.check.Checks;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes one column out of several.
 *
 * @param table the table
 * @param columns the columns that are retired, at least one
 * @param into the column that takes their place
 */
public record MergeColumns(TableRef table, List<OldColumn> columns, NewColumn into) implements Operation {

    /**
     * Checks the operation.
     *
     * @throws IllegalArgumentException with all that contradicts itself
     */
    public MergeColumns {
        columns = List.copyOf(columns);
        List<Identifier> names = new ArrayList<>();
        columns.forEach(part -> names.add(part.column()));
        new Checks()
                .notEmpty("columns", columns)
                .distinct("columns", names, ".column")
                .addIf(
                        names.contains(into.column()),
                        "into.column",
                        "is '" + into.column() + "', one of the columns that are merged; it needs a name of its own")
                .throwIfAny();
    }

    @Override
    public String keyword() {
        return "mergeColumns";
    }

    @Override
    public Optional<TableRef> onTable() {
        return Optional.of(table);
    }

    @Override
    public <R> R match(Cases<R> cases) {
        return cases.mergeColumns(this);
    }
}
