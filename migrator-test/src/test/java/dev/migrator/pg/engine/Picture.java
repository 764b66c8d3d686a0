package dev.migrator.pg.engine;

import dev.migrator.Migration;
import dev.migrator.engine.Event;
import dev.migrator.test.SchemaSnapshot;
import dev.migrator.test.TestDatabase;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * All that must be the same however often an engine died on the way.
 *
 * <ul>
 *   <li>The schema of the application, and that of the state tables, in which the sync functions live.
 *   <li>All rows of the application; a random UUID counts as any other, as long as no two are the same.
 *   <li>The records: where the migration stands; each step with its status; each planned artifact with whether it was made
 *       and removed; how many rows each backfill has filled, in all; rows that failed; whether the lease is free.
 *   <li>The history, as phase and event. The same line twice in a row counts as one: an engine that takes over a phase of
 *       which no step was begun enters it anew. Who, when and how often is not compared, nor are tokens and attempts.
 * </ul>
 *
 * @param schema the schema
 * @param rows a line for each row
 * @param records a line for each record
 * @param history a line for each event
 * @param leftovers what must not be there, whatever was there in the run to compare with
 */
record Picture(
        SchemaSnapshot schema, List<String> rows, List<String> records, List<String> history, List<String> leftovers) {
    private static final Pattern UUID =
            Pattern.compile("\\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\b");

    private static final String TABLES =
            """
            SELECT c.oid::regclass::text FROM pg_class c
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 1
            """;

    // Names with a token are attempts at an index, of which a take-over makes more.
    private static final String RECORDS =
            """
            SELECT format('migration %s: %s %s %s, error %s', migration, phase, status, direction, coalesce(error, 'none'))
              FROM migrator.migration
            UNION ALL
            SELECT format('step %s %s: %s', to_char(ordinal, '000'), title, status) FROM migrator.step
            UNION ALL
            SELECT format('artifact %s %s.%s: made %s, removed %s', kind, table_name, name, made_at IS NOT NULL,
                   removed_at IS NOT NULL)
              FROM migrator.artifact WHERE name !~ '^mg_[0-9a-f]{8}_[0-9]+d?$'
            UNION ALL
            SELECT format('backfill of step %s: %s rows, done %s', to_char(ordinal, '000'), sum(rows), bool_and(done))
              FROM migrator.backfill_chunk GROUP BY ordinal
            UNION ALL
            SELECT format('failed row of step %s: %s', ordinal, row_key) FROM migrator.failed_row
            UNION ALL
            SELECT format('lease of %s: free %s', migration, expires_at = '-infinity') FROM migrator.control
            ORDER BY 1
            """;

    private static final String LEFTOVERS =
            """
            SELECT format('invalid index %s', indexrelid::regclass) FROM pg_index
             WHERE NOT (indisvalid AND indisready AND indislive)
            UNION ALL
            SELECT format('history of %s: broken at line %s', migration, migrator.history_break(target, migration))
              FROM migrator.migration WHERE migrator.history_break(target, migration) IS NOT NULL
            UNION ALL
            SELECT format('record of %s %s.%s: made, not removed', a.kind, a.table_name, a.name)
              FROM migrator.artifact AS a JOIN migrator.migration AS m USING (target, migration)
             WHERE a.made_at IS NOT NULL AND a.removed_at IS NULL
               AND (a.helper AND m.phase = 'PURGE' OR m.phase = 'EXPAND' AND m.direction = 'ROLLING_BACK')
            """;

    /** The picture now. The engines are gone. */
    static Picture of(Arena arena, Migration migration) {
        TestDatabase database = arena.database();
        arena.pool().forgetTheDead();
        SchemaSnapshot schema = database.snapshot("public", Rig.STATE.value());
        List<String> leftovers = new ArrayList<>(schema.lines().stream()
                .filter(line -> line.split(":", 2)[0].contains("public.") && line.contains("mg_"))
                .toList());
        leftovers.addAll(database.queryStrings(LEFTOVERS));
        if (arena.pool().lent() > 0) {
            leftovers.add(arena.pool().lent() + " sessions were not given back");
        }
        return new Picture(
                schema,
                rows(database),
                database.queryStrings(RECORDS),
                history(arena.rig().store().history(migration.id())),
                leftovers);
    }

    /** All rows of the application's tables. */
    static List<String> rows(TestDatabase database) {
        List<String> rows = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String table : database.queryStrings(TABLES)) {
            database.queryStrings("SELECT t::text FROM %s AS t ORDER BY 1".formatted(table))
                    .forEach(row -> rows.add(table + UUID.matcher(row).replaceAll(uuid -> told(seen, uuid.group()))));
        }
        return rows;
    }

    private static String told(Set<String> seen, String uuid) {
        return Matcher.quoteReplacement(seen.add(uuid) ? "<some uuid>" : uuid + " again");
    }

    private static List<String> history(List<Event> events) {
        List<String> lines = new ArrayList<>();
        for (Event event : events) {
            String line = event.phase() + " " + event.event();
            if (lines.isEmpty() || !lines.get(lines.size() - 1).equals(line)) {
                lines.add(line);
            }
        }
        return lines;
    }

    /** What is not as in another run; empty if all is. */
    List<String> differences(Picture other) {
        List<String> differences = new ArrayList<>(schema.differences(other.schema));
        differ("row", rows, other.rows, differences);
        differ("record", records, other.records, differences);
        if (!history.equals(other.history)) {
            differences.add("history " + other.history + " instead of " + history);
        }
        differences.addAll(other.leftovers);
        return differences;
    }

    /** As {@link #differences}, but of schema and rows only: what is left after a rollback. */
    List<String> differencesOfShape(Picture other) {
        List<String> differences = new ArrayList<>(schema.differences(other.schema));
        differ("row", rows, other.rows, differences);
        return differences;
    }

    private static void differ(String what, List<String> expected, List<String> actual, List<String> differences) {
        Set<String> missing = new HashSet<>(expected);
        actual.forEach(missing::remove);
        Set<String> extra = new HashSet<>(actual);
        expected.forEach(extra::remove);
        missing.stream().sorted().limit(5).forEach(line -> differences.add("- " + what + " " + line));
        extra.stream().sorted().limit(5).forEach(line -> differences.add("+ " + what + " " + line));
        if (expected.size() != actual.size()) {
            differences.add("%d %ss instead of %d".formatted(actual.size(), what, expected.size()));
        }
    }
}
