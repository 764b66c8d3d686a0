package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.QualifiedName;
import dev.migrator.pg.internal.catalog.ColumnGrant;
import dev.migrator.pg.internal.catalog.ColumnInfo;
import dev.migrator.pg.internal.catalog.TableInfo;
import dev.migrator.pg.internal.sql.Literal;
import java.util.List;

/** What a new column takes over at EXPAND from the one old column for which it stands: grants, comment, statistics settings. */
final class ColumnProperties {
    private ColumnProperties() {}

    static void at(QualifiedName table, Mapping mapping, List<String> statements) {
        for (OldColumn old : mapping.old()) {
            // The releases that may write the old shape must be able to write the new one (experiment 18).
            for (NewColumn column : mapping.fresh()) {
                for (ColumnGrant grant : old.info().grants()) {
                    statements.add(
                            "GRANT " + grant.privilege() + " (" + column.work().quoted() + ") ON "
                                    + table.quoted() + " TO " + grant.grantee()
                                    + (grant.grantable() ? " WITH GRANT OPTION" : ""));
                }
            }
        }
        if (mapping.old().size() == 1 && mapping.fresh().size() == 1) {
            copy(table, mapping.old().get(0).info(), mapping.fresh().get(0), statements);
        }
    }

    /** Who may read the columns one by one may have done so with {@code SELECT *}, which meets the marker now. */
    static void readable(TableInfo table, Identifier marker, List<String> statements) {
        table.columns().stream()
                .flatMap(column -> column.grants().stream())
                .filter(grant -> grant.privilege().equals("SELECT"))
                .map(ColumnGrant::grantee)
                .distinct()
                .sorted()
                .forEach(grantee -> statements.add("GRANT SELECT (" + marker.quoted() + ") ON "
                        + table.name().quoted() + " TO " + grantee));
    }

    private static void copy(QualifiedName table, ColumnInfo old, NewColumn column, List<String> statements) {
        String alter = "ALTER TABLE " + table.quoted() + " ALTER COLUMN "
                + column.work().quoted();
        old.statisticsTarget().ifPresent(target -> statements.add(alter + " SET STATISTICS " + target));
        if (!old.options().isEmpty()) {
            statements.add(alter + " SET (" + String.join(", ", old.options()) + ")");
        }
        if (old.typeAndCollation().equals(column.type().sql())) {
            old.storage().ifPresent(storage -> statements.add(alter + " SET STORAGE " + storage));
            old.compression().ifPresent(method -> statements.add(alter + " SET COMPRESSION " + method));
        }
        old.comment()
                .ifPresent(comment -> statements.add("COMMENT ON COLUMN " + table.quoted() + "."
                        + column.work().quoted() + " IS " + Literal.text(comment)));
    }
}
