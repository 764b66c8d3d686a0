package dev.migrator.pg.internal.plan;

import dev.migrator.pg.internal.catalog.ColumnInfo;
import java.util.ArrayList;
import java.util.List;

/**
 * What the sync function says about defaults while both shapes are written. Where one column stands for another one, both have
 * a default, and the side that is at it was not given. Where that can't be told (a default that gives another value each time,
 * columns that are split or merged) the new side has no default; that of an old column that refuses NULL is set aside, so that
 * the function knows whether a statement gave a value, and the word DEFAULT thus arrives as NULL.
 */
final class OldDefaults {
    private OldDefaults() {}

    /** Whether an INSERT left the new side alone, as far as can be told. */
    static String newSideIsAbsent(Mapping mapping) {
        if (mapping.hasTwinDefaults()) {
            NewColumn column = mapping.fresh().get(0);
            return isAt(
                    "NEW." + column.work().quoted(),
                    column.defaultBefore().orElseThrow(),
                    column.type().name());
        }
        return "NOT " + Sql.anyGiven(mapping.news("NEW."));
    }

    private static String isAt(String value, String standard, String type) {
        return "NOT " + Sql.differ(List.of(value), List.of("(" + standard + ")::" + type));
    }

    /** Whether an INSERT left the old side alone, as far as can be told. */
    static String oldSideIsAbsent(Mapping mapping) {
        if (mapping.hasTwinDefaults()) {
            ColumnInfo column = mapping.old().get(0).info();
            return isAt("NEW." + column.name().quoted(), column.defaultValue().orElseThrow(), column.type());
        }
        List<String> conditions = new ArrayList<>(List.of("true"));
        for (OldColumn column : mapping.old()) {
            String value = "NEW." + column.name().quoted();
            boolean generatesItself = !column.info().identity().isEmpty()
                    || (column.info().volatileDefault() && !column.defaultTakenOver());
            if (generatesItself) {
                continue; // no telling whether the statement gave it: the new side, which it did give, wins
            }
            String isDefault = column.info().defaultValue().isPresent() && !column.defaultTakenOver()
                    ? " OR "
                            + isAt(
                                    value,
                                    column.info().defaultValue().get(),
                                    column.info().type())
                    : "";
            conditions.add("(" + value + " IS NULL" + isDefault + ")");
        }
        return String.join(" AND ", conditions);
    }

    /** Gives the defaults that were set aside. */
    static String takenOver(Mapping mapping) {
        StringBuilder text = new StringBuilder();
        for (OldColumn column : mapping.old()) {
            if (column.defaultTakenOver()) {
                String value = "NEW." + column.name().quoted();
                text.append("      IF " + value + " IS NULL THEN " + value + " := "
                        + column.info().defaultValue().orElseThrow() + "; END IF;\n");
            }
        }
        return text.toString();
    }

    /** Whether the mapping's one new column will refuse NULL, and NULL stands for the word DEFAULT. */
    static boolean newSideRefusesNull(Mapping mapping) {
        return mapping.old().size() == 1
                && mapping.fresh().size() == 1
                && !mapping.hasTwinDefaults()
                && mapping.fresh().get(0).notNullAfter();
    }

    /** Whether an UPDATE makes that column NULL. */
    static String newSideBecomesNull(Mapping mapping) {
        String column = mapping.fresh().get(0).work().quoted();
        return "NEW." + column + " IS NULL AND OLD." + column + " IS NOT NULL";
    }

    /** Takes that back. */
    static String newSideAsItWas(Mapping mapping) {
        String column = mapping.fresh().get(0).work().quoted();
        return "NEW." + column + " := OLD." + column + ";";
    }
}
