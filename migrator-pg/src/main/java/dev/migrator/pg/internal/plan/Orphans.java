package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.QualifiedName;
import dev.migrator.operation.AddForeignKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The rows that a new foreign key would not accept. */
final class Orphans {
    private Orphans() {}

    /**
     * Those rows. Empty where only the key itself can tell: if this role can't see all rows of the referenced table, if
     * another operation replaces the column, or if the type has an equality of its own.
     */
    static Optional<RuleBreakers> of(
            Workspace workspace, TableWork work, String path, AddForeignKey operation, QualifiedName parent) {
        boolean readable = workspace
                .session()
                .query(
                        "SELECT pg_catalog.has_table_privilege(?, 'SELECT') AND NOT pg_catalog.row_security_active(?)"
                                + " AS readable",
                        parent.quoted(),
                        parent.quoted())
                .get(0)
                .isTrue("readable");
        Places places = new Places(work);
        boolean stays = operation.columns().stream()
                .allMatch(column -> places.place(column).equals(column) && isPlain(work, column));
        if (!readable || !stays) {
            return Optional.empty();
        }
        String own = work.name().name().quoted();
        String other = own.equals("\"referenced\"") ? "\"parent\"" : "\"referenced\"";
        List<String> conditions = new ArrayList<>();
        List<String> matches = new ArrayList<>();
        for (int i = 0; i < operation.columns().size(); i++) {
            String column = own + "." + operation.columns().get(i).quoted();
            conditions.add(column + " IS NOT NULL");
            matches.add(
                    other + "." + operation.referencedColumns().get(i).quoted() + " OPERATOR(pg_catalog.=) " + column);
        }
        conditions.add("NOT EXISTS (SELECT FROM " + parent.quoted() + " AS " + other + " WHERE "
                + String.join(" AND ", matches) + ")");
        String names = operation.columns().stream().map(Identifier::quoted).collect(Collectors.joining(", "));
        return Optional.of(new RuleBreakers(
                workspace,
                work,
                path,
                names + (operation.columns().size() == 1 ? " refers" : " refer") + " to a row of " + parent.quoted()
                        + " that is not there",
                String.join(" AND ", conditions),
                "Add the rows that they refer to, set them to NULL, or delete them"));
    }

    private static boolean isPlain(TableWork work, Identifier column) {
        return work.scratch().type(column).filter(type -> !type.contains(".")).isPresent();
    }
}
