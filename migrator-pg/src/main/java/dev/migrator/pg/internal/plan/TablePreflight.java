package dev.migrator.pg.internal.plan;

import dev.migrator.pg.internal.catalog.TableInfo;
import dev.migrator.pg.internal.catalog.TableInfo.Obstacle;
import dev.migrator.pg.internal.catalog.TriggerInfo;
import java.util.List;

/** What no operation of this version can work on. */
final class TablePreflight {
    private TablePreflight() {}

    static boolean passes(String path, TableInfo table, Findings findings) {
        String key = path + ".table";
        String name = table.name().quoted();
        boolean passes = true;
        if (!table.kind().equals("r") && !table.isPartitioned()) {
            findings.refuse(key, name + " is a " + kind(table.kind()) + ".", remedy(table.kind()));
            passes = false;
        }
        List<String> roots = table.obstacles(Obstacle.Kind.PARTITION);
        for (String root : roots) {
            findings.refuse(
                    key,
                    name + " is a partition of " + root + ", and its columns are those of that table.",
                    "Change " + root + " instead, with all its partitions. Don't"
                            + " detach the partition for it: with other columns it could not be attached again.");
            passes = false;
        }
        if (table.inherits() && roots.isEmpty()) {
            findings.refuse(
                    key,
                    name + " has parents or children by inheritance, whose rows the sync triggers would not see.",
                    "Take it out of the inheritance (NO INHERIT), or change it by an operation `sql`.");
            passes = false;
        }
        if (!table.obstacles(Obstacle.Kind.TEMPORARY).isEmpty()) {
            findings.refuse(
                    key, name + " is a temporary table, which ends with its session.", "Name a table that stays.");
            passes = false;
        }
        if (!table.owned()) {
            findings.refuse(
                    key,
                    name + " belongs to " + table.owner() + ", and this role has not that role's rights.",
                    "Run as the owner, or as a member of that role.");
            passes = false;
        }
        return new PartitionPreflight(table, findings).passes(key) && passes;
    }

    /** What the sync of two shapes can't bear. */
    static void forSync(String path, TableInfo table, Findings findings) {
        String key = path + ".table";
        String name = table.name().quoted();
        new PartitionPreflight(table, findings).forSync(key);
        if (table.forcedRowSecurity()) {
            findings.refuse(
                    key,
                    name + " has FORCE ROW LEVEL SECURITY, under which the backfill would not see every row.",
                    "Run as a role with BYPASSRLS, or ALTER TABLE … NO FORCE ROW LEVEL SECURITY for the time.");
        }
        for (TriggerInfo trigger : table.triggers()) {
            if (!Names.leavesRoom(trigger.name())) {
                findings.refuse(
                        key,
                        "trigger " + trigger.name().quoted()
                                + " has a name that leaves no room for triggers before it, or after it.",
                        "ALTER TRIGGER … RENAME TO another name.");
            }
        }
        for (String rule : table.obstacles(Obstacle.Kind.UPDATE_RULE)) {
            findings.refuse(
                    key,
                    rule + " makes something else of an UPDATE, and so of those of the backfill.",
                    "Make it a trigger, or ALTER TABLE … DISABLE RULE it for the time.");
        }
    }

    /** What can't bear that the table gets or loses columns; {@code key} says which operation does that. */
    static void forColumns(String key, TableInfo table, Findings findings) {
        String name = table.name().quoted();
        for (String type : table.obstacles(Obstacle.Kind.TYPED)) {
            findings.refuse(
                    key,
                    name + " is a table of the type " + type + ", which says what columns it has.",
                    "ALTER TABLE … NOT OF first, and … OF the changed type after PURGE.");
        }
        for (String publication : table.publications()) {
            findings.refuse(
                    key,
                    name + " is published by " + publication
                            + " without a column list: its subscribers would stop at the"
                            + " first row with other columns.",
                    "Publish it with a list of columns without those that the migration replaces or drops (PostgreSQL 15 and"
                            + " later), or take it out for the time.");
        }
        for (TriggerInfo trigger : table.triggers()) {
            if (RowCopies.byPosition(trigger)) {
                findings.refuse(
                        key,
                        "trigger " + trigger.name().quoted() + "'s function " + trigger.function()
                                + " inserts whole rows of " + name + " by position, and would fail with other columns.",
                        "Name the columns in that INSERT.");
            }
        }
        for (TableInfo.Function function : table.functions()) {
            if (RowCopies.givesLists(function)) {
                findings.warn(
                        key,
                        "function " + function.signature() + " gives rows of " + name
                                + ": if it lists their columns, it fails from EXPAND to PURGE, when there are more.",
                        "Write * instead of the list, or name the columns of its result.");
            }
        }
    }

    /** What can't bear that a new column has a value in rows that are there. */
    static void forValues(String key, TableInfo table, Findings findings) {
        for (String column : table.obstacles(Obstacle.Kind.ROWS_ELSEWHERE)) {
            findings.refuse(
                    key,
                    column + " holds rows of " + table.name().quoted()
                            + ", for which PostgreSQL refuses new columns with a value.",
                    "Give that column a type of its own first.");
        }
    }

    private static String remedy(String relkind) {
        return switch (relkind) {
            case "v", "m" -> "Name the table under it.";
            default -> "This version works on ordinary and partitioned tables.";
        };
    }

    private static String kind(String relkind) {
        return switch (relkind) {
            case "v" -> "view";
            case "m" -> "materialized view";
            case "f" -> "foreign table";
            case "S" -> "sequence";
            case "i", "I" -> "index";
            default -> "relation of kind " + relkind;
        };
    }
}
