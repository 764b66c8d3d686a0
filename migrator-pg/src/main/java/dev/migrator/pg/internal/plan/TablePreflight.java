package dev.migrator.pg.internal.plan;

import dev.migrator.pg.internal.catalog.TableInfo;

/** What no operation of this version can work on. */
final class TablePreflight {
    private TablePreflight() {}

    static boolean passes(String path, TableInfo table, Findings findings) {
        String key = path + ".table";
        String name = table.name().quoted();
        boolean passes = true;
        if (!table.kind().equals("r")) {
            findings.refuse(
                    key, name + " is a " + kind(table.kind()) + ".", "This version works on ordinary tables only.");
            passes = false;
        }
        if (table.inherits()) {
            findings.refuse(
                    key,
                    name
                            + " has parents or children by inheritance or partitioning, whose rows the sync triggers would not"
                            + " see.",
                    "This version works on tables without them.");
            passes = false;
        }
        if (!table.owned()) {
            findings.refuse(
                    key,
                    name + " belongs to " + table.owner() + ", and this role has not that role's rights.",
                    "Run as the owner, or as a member of that role.");
            passes = false;
        }
        return passes;
    }

    /** What the sync of two shapes can't bear. */
    static void forSync(String path, TableInfo table, Findings findings) {
        String key = path + ".table";
        String name = table.name().quoted();
        if (table.forcedRowSecurity()) {
            findings.refuse(
                    key,
                    name + " has FORCE ROW LEVEL SECURITY, under which the backfill would not see every row.",
                    "Run as a role with BYPASSRLS, or ALTER TABLE … NO FORCE ROW LEVEL SECURITY for the time.");
        }
        for (String publication : table.publications()) {
            findings.refuse(
                    key,
                    name + " is published by " + publication
                            + " without a column list: its subscribers would stop at the"
                            + " first row with the new columns.",
                    "Publish it with a list of columns (PostgreSQL 15 and later), or take it out for the time.");
        }
    }

    private static String kind(String relkind) {
        return switch (relkind) {
            case "p" -> "partitioned table";
            case "v" -> "view";
            case "m" -> "materialized view";
            case "f" -> "foreign table";
            case "S" -> "sequence";
            case "i", "I" -> "index";
            default -> "relation of kind " + relkind;
        };
    }
}
