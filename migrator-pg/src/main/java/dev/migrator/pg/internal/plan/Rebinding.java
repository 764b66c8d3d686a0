package dev.migrator.pg.internal.plan;

import dev.migrator.pg.internal.catalog.TableInfo;
import dev.migrator.pg.internal.catalog.TriggerInfo;
import dev.migrator.pg.internal.sql.Literal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What else an exchange of columns has to take along, whichever way it goes: triggers that are bound to a column's number,
 * and plans over the old rows that sessions keep. A write for trial tells whether all of them can live with it.
 */
final class Rebinding {
    private final TableWork work;

    Rebinding(TableWork work) {
        this.work = work;
    }

    /** {@code UPDATE OF} goes by column number; the trigger has to follow the name (experiment 6). */
    List<String> triggers() {
        List<String> statements = new ArrayList<>();
        Set<Integer> numbers = new HashSet<>();
        work.mappings().forEach(mapping -> mapping.old()
                .forEach(column -> numbers.add(column.info().number())));
        for (TriggerInfo trigger : work.table().triggers()) {
            if (trigger.ofColumns().stream().anyMatch(numbers::contains)) {
                statements.add("DROP TRIGGER " + trigger.name().quoted() + " ON "
                        + work.name().quoted());
                statements.add(trigger.definition());
                statements.addAll(enabled(trigger));
                trigger.comment()
                        .ifPresent(text -> statements.add(
                                "COMMENT ON TRIGGER " + trigger.name().quoted() + " ON "
                                        + work.name().quoted() + " IS " + Literal.text(text)));
            }
        }
        return statements;
    }

    private List<String> enabled(TriggerInfo trigger) {
        return switch (trigger.enabled()) {
            case "D" ->
                List.of(work.alter() + "DISABLE TRIGGER " + trigger.name().quoted());
            case "R" ->
                List.of(work.alter() + "ENABLE REPLICA TRIGGER "
                        + trigger.name().quoted());
            case "A" ->
                List.of(work.alter() + "ENABLE ALWAYS TRIGGER " + trigger.name().quoted());
            default -> List.of();
        };
    }

    /**
     * Sessions in a pool may hold plans over the table's old rows in PL/pgSQL functions, and would fail for good; touching
     * the functions makes them plan anew. Then one row is written for trial, and the write taken back: a trigger that can't
     * live with the exchanged columns is found before COMMIT. (Experiment 6.)
     */
    List<String> sessions() {
        List<String> statements = new ArrayList<>();
        work.table().functions().stream()
                .map(TableInfo.Function::touch)
                .filter(touch -> !touch.isEmpty())
                .forEach(statements::add);
        if (work.hasMarker()) {
            statements.add(trial());
        }
        return statements;
    }

    /** At EXPAND, too, a trigger must be able to live with the row as it is now; only if there are triggers at all. */
    List<String> trialOfTriggers() {
        boolean fires = work.table().triggers().stream()
                .anyMatch(trigger -> trigger.onUpdate() && trigger.enabled().matches("[OA]"));
        return work.hasMarker() && fires ? List.of(trial()) : List.of();
    }

    private String trial() {
        String marker = work.names().marker().quoted();
        String place = work.table().isPartitioned() ? "(tableoid, ctid)" : "ctid";
        String columns = work.table().isPartitioned() ? "tableoid, ctid" : "ctid";
        String trial = "UPDATE " + work.name().quoted() + " SET " + marker + " = " + marker + " WHERE " + place
                + " = (SELECT " + columns + " FROM " + work.name().quoted() + " WHERE ctid < '(64,0)' LIMIT 1)";
        return "SELECT " + work.function().schema().quoted() + ".trial(" + Literal.text(trial) + ")";
    }
}
