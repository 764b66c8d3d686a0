package dev.migrator.pg.internal.backfill;

import dev.migrator.Identifier;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.transform.TransformRow;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A row as it was read, with what tells later whether it has changed.
 *
 * @param id unique in this process, so that the answer of one call is never taken for that of another one
 * @param key its key, for people
 * @param place where it was
 * @param version which transaction wrote it; empty if that is not needed
 * @param mark its marker
 * @param entry its entry in the queue; 0 if it has none
 * @param values its inputs, by column
 */
record InputRow(
        long id, String key, String place, String version, long mark, long entry, Map<String, Optional<String>> values)
        implements TransformRow {
    private static final AtomicLong IDS = new AtomicLong();

    /** Copies the map. */
    InputRow {
        values = Map.copyOf(values);
    }

    /** Reads a row of {@link ComputedSql}. */
    static InputRow of(Row row, List<Identifier> inputs, String version, long entry) {
        Map<String, Optional<String>> values = new HashMap<>();
        for (int i = 0; i < inputs.size(); i++) {
            values.put(inputs.get(i).value(), row.optionalText("i" + i));
        }
        return new InputRow(
                IDS.incrementAndGet(),
                row.text("row_key"),
                row.text("place"),
                version,
                row.number("mark"),
                entry,
                values);
    }

    @Override
    public Optional<String> text(String column) {
        Optional<String> value = values.get(column);
        if (value == null) {
            throw new IllegalArgumentException(
                    "No input " + column + "; the migration names " + String.join(", ", values.keySet()));
        }
        return value;
    }

    @Override
    public Optional<byte[]> bytes(String column) {
        return text(column).map(text -> {
            if (!text.startsWith("\\x")) {
                throw new IllegalArgumentException(column + " is no bytea");
            }
            return HexFormat.of().parseHex(text, 2, text.length());
        });
    }

    @Override
    public Optional<BigDecimal> number(String column) {
        return text(column).map(BigDecimal::new);
    }

    @Override
    public Optional<double[]> numbers(String column) {
        return text(column).map(text -> {
            if (!text.startsWith("{") || text.indexOf('{', 1) >= 0) {
                throw new IllegalArgumentException(column + " is no array of one dimension");
            }
            String inner = text.substring(1, text.length() - 1);
            return inner.isEmpty()
                    ? new double[0]
                    : Stream.of(inner.split(",", -1))
                            .mapToDouble(element -> element.equals("NULL") ? Double.NaN : Double.parseDouble(element))
                            .toArray();
        });
    }
}
