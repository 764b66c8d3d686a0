package dev.migrator.pg.internal.release;

import dev.migrator.Migration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** Counts an instance's statements that name what a migration takes away, until they are told to the server. */
public final class StatementUses {
    private static final int MOST_TEXTS = 2000;
    private static final int MOST_AT_ONCE = 200;
    private static final int LENGTH = 200;
    private static final Pattern VALUES =
            Pattern.compile("'(?:[^']|'')*'|\\$(\\w*)\\$.*?\\$\\1\\$|(?<![\\w\"])\\d[\\d.]*", Pattern.DOTALL);

    private final Map<String, List<Named>> names = new TreeMap<>();
    /** By the statement's text, of which an application has not many; what is beyond that is looked at each time. */
    private final Map<String, List<String>> known = new ConcurrentHashMap<>();

    private final Map<Use, Long> uses = new HashMap<>();

    /** Those of some migrations. */
    public StatementUses(List<Migration> migrations) {
        for (Migration migration : migrations) {
            List<Named> named = RetiredColumn.of(migration).stream()
                    .map(column ->
                            new Named(Names.inStatement(column.table().name()), Names.inStatement(column.column())))
                    .toList();
            if (!named.isEmpty()) {
                names.put(migration.id(), named);
            }
        }
    }

    private record Named(Pattern table, Pattern column) {
        boolean in(String statement) {
            return column.matcher(statement).find() && table.matcher(statement).find();
        }
    }

    /**
     * Of a statement.
     *
     * @param migration the one that takes away what it names
     * @param statement its beginning
     */
    public record Use(String migration, String statement) {}

    /** One execution of a statement. */
    void executed(String statement) {
        if (names.isEmpty()) {
            return;
        }
        List<String> found = known.get(statement);
        if (found == null) {
            found = names.entrySet().stream()
                    .filter(entry -> entry.getValue().stream().anyMatch(named -> named.in(statement)))
                    .map(Map.Entry::getKey)
                    .toList();
            if (known.size() < MOST_TEXTS) {
                known.put(statement, found);
            }
        }
        if (!found.isEmpty()) {
            count(found, withoutValues(statement));
        }
    }

    /** Its beginning, without the texts in it, which are the users' data. */
    private static String withoutValues(String statement) {
        String text = VALUES.matcher(statement).replaceAll("?");
        return text.length() > LENGTH ? text.substring(0, LENGTH) : text;
    }

    private synchronized void count(List<String> migrations, String statement) {
        for (String migration : migrations) {
            Use use = new Use(migration, statement);
            // Who has very many: it still counts, under one text.
            boolean room = uses.size() < MOST_AT_ONCE || uses.containsKey(use);
            uses.merge(room ? use : new Use(migration, "(others)"), 1L, Long::sum);
        }
    }

    /** What is to be told, and is forgotten here. */
    synchronized Map<Use, Long> take() {
        Map<Use, Long> taken = Map.copyOf(uses);
        uses.clear();
        return taken;
    }

    /** What could not be told is kept. */
    synchronized void keep(Map<Use, Long> untold) {
        untold.forEach((use, times) -> uses.merge(use, times, Long::sum));
    }
}
