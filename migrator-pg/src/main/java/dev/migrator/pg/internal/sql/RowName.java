package dev.migrator.pg.internal.sql;

import dev.migrator.Identifier;
import dev.migrator.QualifiedName;
import java.util.List;
import java.util.stream.Collectors;

/** What names a row to people: its primary key, or where it is. */
public final class RowName {
    private RowName() {}

    /**
     * An SQL expression for it.
     *
     * @param table the table, for rows without a key
     * @param key the columns of the primary key; empty if there is none
     * @param alias what the table is called in the query, quoted
     */
    public static String of(QualifiedName table, List<Identifier> key, String alias) {
        if (key.isEmpty()) {
            return Literal.text("the row at ") + " || " + alias + ".ctid::pg_catalog.text || "
                    + Literal.text(" of " + table);
        }
        return key.stream()
                .map(column -> Literal.text(column.value() + "=") + " || COALESCE(" + alias + "." + column.quoted()
                        + "::pg_catalog.text, 'NULL')")
                .collect(Collectors.joining(" || ', ' || "));
    }
}
