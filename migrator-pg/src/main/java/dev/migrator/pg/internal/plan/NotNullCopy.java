package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.pg.internal.catalog.ConstraintInfo;
import dev.migrator.pg.internal.sql.Literal;
import java.util.ArrayList;
import java.util.List;

/**
 * The NOT NULL of a new column, where such a constraint has a name (PostgreSQL 18 and later).
 *
 * @param name its name until PURGE
 * @param original that of the old column, whose name, comment and inheritance it takes over
 */
record NotNullCopy(Identifier name, ConstraintInfo original) {

    /** The statements that add it to a column without NULLs, within the exchange. */
    List<String> addTo(TableWork work, Identifier column) {
        return add(work, name, original, column);
    }

    static List<String> add(TableWork work, Identifier name, ConstraintInfo original, Identifier column) {
        List<String> statements = new ArrayList<>();
        String inherited = original.definition().endsWith(" NO INHERIT") ? " NO INHERIT" : "";
        statements.add(work.alter() + "ADD CONSTRAINT " + name.quoted() + " NOT NULL " + column.quoted() + inherited);
        original.comment()
                .ifPresent(text -> statements.add("COMMENT ON CONSTRAINT " + name.quoted() + " ON "
                        + work.name().quoted() + " IS " + Literal.text(text)));
        return statements;
    }
}
