package dev.migrator.pg.internal.plan;

import dev.migrator.pg.internal.catalog.TableInfo;
import dev.migrator.pg.internal.catalog.TriggerInfo;
import java.util.regex.Pattern;

/** Code that takes it for granted how many columns a table has, as far as its text tells. */
final class RowCopies {
    // NEW.* as an item of a list; as an argument, or compared with something, it is one value.
    private static final Pattern ROW = Pattern.compile(
            "\\binsert\\s+into\\b[^;]*?(?:\\bselect\\s+|\\bvalues\\s*\\(\\s*|,\\s*)\\(?\\s*(?:new|old)\\s*\\)?\\s*\\.\\s*\\*"
                    + "(?!\\s*(?:\\)\\s*)?(?:::|is\\b|=|<|>))",
            Pattern.CASE_INSENSITIVE);

    private RowCopies() {}

    /** Whether a trigger's function inserts {@code NEW.*}, or all of a transition table, into another table. */
    static boolean byPosition(TriggerInfo trigger) {
        return ROW.matcher(trigger.source()).find()
                || trigger.transitionTables().stream().anyMatch(table -> all(table, trigger.source()));
    }

    private static boolean all(String table, String source) {
        return Pattern.compile(
                        "\\binsert\\s+into\\b[^;]*?(?:\\bselect\\s+|,\\s*)(?:\\w+\\s*\\.\\s*)?\\*[^;]*\\bfrom\\s+\"?"
                                + Pattern.quote(table) + "\\b",
                        Pattern.CASE_INSENSITIVE)
                .matcher(source)
                .find();
    }

    /** Whether a function gives rows of the table and takes no {@code *} to get them. */
    static boolean givesLists(TableInfo.Function function) {
        String source = function.source().replaceAll("(?i)count\\s*\\(\\s*\\*\\s*\\)", "");
        return function.givesRows() && !source.contains("*");
    }
}
