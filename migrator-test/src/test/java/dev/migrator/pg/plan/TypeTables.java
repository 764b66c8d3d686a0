package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Phase;
import dev.migrator.plan.Action;
import dev.migrator.plan.Plan;
import dev.migrator.plan.Step;
import dev.migrator.test.TestDatabase;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** A table for each of many types, and what the columns of each of them must hold. */
final class TypeTables {
    private static final String COLUMNS =
            """
            SELECT attrelid::regclass, quote_ident(attname) FROM pg_attribute
             WHERE attrelid::regclass::text LIKE 'items%' AND attnum > 0 AND NOT attisdropped
               AND attname !~ '^(id|note|mg_[0-9a-f]{8})$' ORDER BY 1, 2
            """;
    private static final String MARKERS =
            """
            SELECT attrelid::regclass, attname FROM pg_attribute
             WHERE attrelid::regclass::text LIKE 'items%' AND attname ~ '^mg_[0-9a-f]{8}$' AND NOT attisdropped
            """;

    private final TestDatabase database;
    private final List<TypeSample> samples;
    private final List<TypeTable> tables;

    TypeTables(TestDatabase database, List<TypeSample> samples) {
        this.database = database;
        this.samples = samples;
        Set<String> schema = new LinkedHashSet<>();
        samples.forEach(sample -> schema.addAll(sample.schema()));
        database.executeAsSuperuser(schema.toArray(String[]::new));
        this.tables = IntStream.range(0, samples.size())
                .mapToObj(i -> new TypeTable("items_" + i, samples.get(i)))
                .toList();
        tables.forEach(table -> database.execute(table.create()));
    }

    /** The operation for each table. */
    String operations(String operation) {
        StringBuilder operations = new StringBuilder();
        for (int i = 0; i < samples.size(); i++) {
            operations.append(operation.formatted(
                    tables.get(i).name(), samples.get(i).type().replace("'", "''")));
        }
        return operations.toString();
    }

    private boolean isRenamed() {
        return database.queryBoolean(
                "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'items_0'::regclass AND attname = 'w')");
    }

    /** Each release in turn, as long as the old one's column is there. No release knows a column that bears a name of ours. */
    void bothWrite() {
        write("v");
        if (isRenamed()) {
            write("w");
        }
    }

    /** The new release alone. */
    void newWrites() {
        write(isRenamed() ? "w" : "v");
    }

    private void write(String column) {
        List<String> statements = new ArrayList<>();
        tables.forEach(table -> statements.addAll(table.writes(column)));
        database.execute(statements.toArray(String[]::new));
        check(column);
    }

    /** Rows that nobody has written since EXPAND have no new shape yet. */
    private void check(String written) {
        List<List<String>> columns = database.queryRows(COLUMNS);
        List<List<String>> markers = database.queryRows(MARKERS);
        List<String> queries = new ArrayList<>();
        for (TypeTable table : tables) {
            String filled = markers.stream()
                    .filter(marker -> marker.get(0).equals(table.name()))
                    .map(marker -> "(" + marker.get(1) + " & 1) = 1")
                    .findFirst()
                    .orElse("true");
            columns.stream()
                    .filter(column -> column.get(0).equals(table.name()))
                    .forEach(column -> queries.add(table.differences(column.get(1), filled)));
        }
        assertThat(database.queryStrings(String.join(" UNION ALL ", queries)))
                .as("rows that differ from what was written last, through %s", written)
                .isEmpty();
    }

    /** The backfill has come half way. */
    void fillHalf(Plan plan) {
        for (Step step : plan.steps(Phase.BACKFILL)) {
            if (step.action() instanceof Action.Backfill backfill) {
                database.execute("UPDATE " + backfill.table().quoted() + " SET " + backfill.assignments()
                        + " WHERE id % 2 = 0 AND " + backfill.pending());
            }
        }
    }
}
