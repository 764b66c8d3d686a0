package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.pg.internal.expression.ColumnType;
import dev.migrator.pg.internal.expression.Expression;
import java.util.Optional;

/**
 * A column of the new shape.
 *
 * @param name its name for applications: from EXPAND on, or from CONTRACT on if it takes over the name of an old column
 * @param work its name until CONTRACT
 * @param type its type
 * @param up its value, computed from the old shape
 * @param defaultBefore its default from EXPAND on, as SQL
 * @param defaultAfter its default from CONTRACT on, as SQL
 * @param notNullAfter whether it refuses NULL from CONTRACT on
 * @param numbers its numbers, if it is an identity column from CONTRACT on
 */
record NewColumn(
        Identifier name,
        Identifier work,
        ColumnType type,
        Expression up,
        Optional<String> defaultBefore,
        Optional<String> defaultAfter,
        boolean notNullAfter,
        Optional<IdentityNumbers> numbers) {

    /** Whether it bears a name of ours until CONTRACT. */
    boolean takesOverName() {
        return !name.equals(work);
    }
}
