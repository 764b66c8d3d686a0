package dev.migrator.pg.internal.plan;

import dev.migrator.pg.internal.catalog.ColumnInfo;
import dev.migrator.pg.internal.catalog.ConstraintInfo;
import dev.migrator.pg.internal.catalog.IndexInfo;
import dev.migrator.pg.internal.catalog.StatisticsInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Tells what PostgreSQL drops silently with a column at PURGE: everything that stands on it, whatever else it stands on. */
final class DroppedWith {
    private static final String STATISTICS = "statistics ";

    private final Workspace workspace;
    private final TableWork work;
    private final String path;
    private final ColumnInfo column;
    private final boolean hasDown;
    private final List<String> alone = new ArrayList<>();

    DroppedWith(Workspace workspace, TableWork work, String path, ColumnInfo column, boolean hasDown) {
        this.workspace = workspace;
        this.work = work;
        this.path = path;
        this.column = column;
        this.hasDown = hasDown;
    }

    void tell() {
        for (IndexInfo index : work.table().indexes()) {
            String kind = kind(index);
            goes(kind + " " + index.name().quoted(), index.columns(), index.unique());
        }
        for (ConstraintInfo constraint : work.table().constraints()) {
            if (constraint.type().matches("[cf]")) {
                String kind = constraint.type().equals("c") ? "check " : "foreign key ";
                goes(kind + constraint.name().quoted(), constraint.columns(), false);
            }
        }
        for (StatisticsInfo statistics : work.table().statistics()) {
            goes(STATISTICS + statistics.name().quoted(), statistics.columns(), false);
        }
        if (!alone.isEmpty()) {
            String verb = alone.size() > 1 || isPlural(alone.get(0)) ? " go" : " goes";
            workspace
                    .findings()
                    .note(
                            path + ".column",
                            String.join(", ", alone) + verb + " with "
                                    + column.name().quoted() + " at PURGE.");
        }
    }

    private static String kind(IndexInfo index) {
        return switch (index.constraint()) {
            case "u" -> "unique constraint";
            case "x" -> "exclusion constraint";
            default -> index.unique() ? "unique index" : "index";
        };
    }

    private static boolean isPlural(String what) {
        return what.startsWith(STATISTICS);
    }

    private void goes(String what, Collection<Integer> numbers, boolean staysInForce) {
        if (!numbers.contains(column.number())) {
            return;
        }
        List<String> others = numbers.stream()
                .filter(number -> number != column.number())
                .sorted()
                .map(number -> work.table().column(number).name().quoted())
                .toList();
        if (others.isEmpty()) {
            alone.add(what);
            return;
        }
        String s = isPlural(what) ? "" : "s";
        String value =
                hasDown ? ", whose value in new rows is that of `down`." : ", in which new rows have its default.";
        workspace
                .findings()
                .warn(
                        path + ".column",
                        what + " also stand" + s + " on " + String.join(", ", others) + ", and go"
                                + (s.isEmpty() ? "" : "es")
                                + " with " + column.name().quoted() + " at PURGE."
                                + (staysInForce ? " Until then it stays in force on the retired column" + value : ""),
                        "Create what the other columns need in its place with an operation of its own.");
    }
}
