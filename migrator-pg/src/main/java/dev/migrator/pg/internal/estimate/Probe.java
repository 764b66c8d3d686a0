package dev.migrator.pg.internal.estimate;

import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Looks into a few blocks of a table, spread over it, and computes the new values of their rows into a temporary table, inside
 * a transaction that is rolled back. Reads under {@code ACCESS SHARE}; each statement has a limit of time and is tried on
 * fewer blocks if it does not keep it, so that a table of any size takes about a second at most.
 */
public final class Probe {
    private static final int[] BLOCKS = {40, 4, 1};
    private static final int TUPLE_AT_LEAST = 28;
    private static final int MOST_ROWS = 10_000;
    private static final int SOME_ROWS = 100;
    private static final int FEW_ROWS = 5;
    private static final int GUESSED = 32;
    private static final double GUESSED_MICROS = 6;
    private static final String COPY = "pg_temp.migrator_probe";

    private final Session session;
    private final TableFacts facts;
    private final TableFacts.Part part;
    private final String alias;
    private final String pending;
    private final List<NewValue> values;

    /**
     * A probe; asks nothing yet.
     *
     * @param part the table, or one of its partitions
     * @param alias how the expressions call it, quoted
     * @param pending the condition on a row that is to be filled
     * @param values what it is given
     */
    public Probe(
            Session session,
            TableFacts facts,
            TableFacts.Part part,
            String alias,
            String pending,
            List<NewValue> values) {
        this.session = session;
        this.facts = facts;
        this.part = part;
        this.alias = alias;
        this.pending = pending;
        this.values = List.copyOf(values);
    }

    /** A column as the catalog describes it. */
    private record Column(String name, String quoted, int length, int align) {}

    /** What the new values take. */
    private record New(double bytes, double toast, double micros, boolean tried) {}

    /** Looks; empty if no row could be read in time. */
    public Optional<Sampled> look() {
        List<Column> columns = columns();
        for (int most : BLOCKS) {
            int blocks = (int) Math.min(most, part.blocks());
            Optional<Row> seen = Attempt.at(session, () -> rows(blocks, columns));
            if (seen.isPresent()) {
                return Optional.of(sampled(blocks, seen.get(), columns));
            }
        }
        return Optional.empty();
    }

    private Sampled sampled(int blocks, Row seen, List<Column> columns) {
        long rows = seen.number("n");
        Map<String, Double> widths = new HashMap<>();
        List<Layout.Values> layout = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            long given = seen.number("given_" + i);
            double average = given == 0 ? GUESSED : (double) seen.number("size_" + i) / given;
            widths.put(column.name(), average);
            layout.add(
                    new Layout.Values(column.length(), column.align(), average, rows == 0 ? 1 : (double) given / rows));
        }
        New fresh = rows == 0 ? guessed() : tried(blocks).orElseGet(this::guessed);
        return new Sampled(
                blocks,
                rows,
                rows == 0 ? 1 : (double) seen.number("pending") / rows,
                Layout.rowBytes(layout),
                fresh.bytes(),
                fresh.toast(),
                fresh.micros(),
                fresh.tried(),
                widths);
    }

    private List<Column> columns() {
        return session
                .query(
                        """
                        SELECT a.attname AS name, quote_ident(a.attname) AS quoted, a.attlen AS length,
                            CASE a.attalign WHEN 'd' THEN 8 WHEN 'i' THEN 4 WHEN 's' THEN 2 ELSE 1 END AS align
                        FROM pg_attribute AS a WHERE a.attrelid = ?::int8 AND a.attnum > 0 AND NOT a.attisdropped
                        ORDER BY a.attnum
                        """,
                        part.oid())
                .stream()
                .map(row -> new Column(
                        row.text("name"), row.text("quoted"), (int) row.number("length"), (int) row.number("align")))
                .toList();
    }

    private Row rows(int blocks, List<Column> columns) {
        String sums = IntStream.range(0, columns.size())
                .mapToObj(i -> {
                    String value = alias + "." + columns.get(i).quoted();
                    return ", COALESCE(sum(" + onPage(value) + "), 0) AS size_" + i + ", count(pg_column_size(" + value
                            + ")) AS given_" + i;
                })
                .collect(Collectors.joining());
        return session.query("SELECT count(*) AS n, count(*) FILTER (WHERE " + pending + ") AS pending" + sums
                        + from(blocks))
                .get(0);
    }

    /** The rows of some blocks, each read by its place: no sampling method that looks at every block's number. */
    private String from(int blocks) {
        String chosen = LongStream.range(0, blocks)
                .mapToObj(i -> Long.toString((2 * i + 1) * part.blocks() / (2L * blocks)))
                .collect(Collectors.joining(", "));
        return " FROM ONLY " + part.name() + " AS " + alias + " WHERE " + alias + ".ctid = ANY (ARRAY(SELECT"
                + " ('(' || b || ',' || l || ')')::tid FROM unnest(ARRAY[" + chosen + "]::bigint[]) AS b,"
                + " generate_series(1, " + facts.blockSize() / TUPLE_AT_LEAST + ") AS l))";
    }

    /** Fewer rows if these take too long, or if one of them can't be computed. */
    private Optional<New> tried(int blocks) {
        if (!values.stream().allMatch(NewValue::mayBeTried)) {
            return Optional.empty();
        }
        return Attempt.at(session, () -> compute(blocks, MOST_ROWS))
                .or(() -> Attempt.at(session, () -> compute(1, SOME_ROWS)))
                .or(() -> Attempt.at(session, () -> compute(1, FEW_ROWS)))
                .filter(New::tried);
    }

    private New compute(int blocks, int most) {
        String columns = IntStream.range(0, values.size())
                .mapToObj(i -> values.get(i).sql() + "::" + values.get(i).type() + " AS c" + i)
                .collect(Collectors.joining(", "));
        long begun = System.nanoTime();
        session.query("CREATE TEMPORARY TABLE migrator_probe AS SELECT " + columns + from(blocks) + " AND (" + pending
                + ") LIMIT " + most);
        long computed = System.nanoTime() - begun;
        String sizes = IntStream.range(0, values.size())
                .mapToObj(i -> "COALESCE(sum(" + onPage("c" + i) + "), 0)")
                .collect(Collectors.joining(" + "));
        Row sum = session.query("SELECT count(*) AS n, " + sizes
                        + " AS bytes, (SELECT CASE c.reltoastrelid WHEN 0 THEN 0"
                        + " ELSE pg_relation_size(c.reltoastrelid) END FROM pg_class AS c WHERE c.oid = '" + COPY
                        + "'::regclass) AS toast FROM " + COPY)
                .get(0);
        begun = System.nanoTime();
        session.query("UPDATE " + COPY + " SET c0 = c0");
        long written = System.nanoTime() - begun;
        double rows = Math.max(1, sum.number("n"));
        return new New(
                sum.number("bytes") / rows,
                sum.number("toast") / rows,
                (computed + 2.0 * written) / 1000 / rows,
                sum.number("n") > 0);
    }

    /** What a value takes on a row's page: itself, or a pointer to it. */
    private static String onPage(String value) {
        String size = "pg_column_size(" + value + ")";
        return "CASE WHEN " + size + " < " + Layout.LONG + " THEN " + size + " ELSE " + Layout.POINTER + " END";
    }

    private New guessed() {
        double bytes = values.stream()
                .mapToDouble(value ->
                        session
                                .query("SELECT typlen AS length FROM pg_type WHERE oid = to_regtype(?)", value.type())
                                .stream()
                                .mapToLong(row -> row.number("length"))
                                .filter(length -> length > 0)
                                .findFirst()
                                .orElse(GUESSED))
                .sum();
        return new New(bytes, 0, GUESSED_MICROS, false);
    }
}
