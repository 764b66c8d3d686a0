package dev.migrator.transform;

import java.util.Optional;

/**
 * The value computed for one row.
 *
 * @param row the {@linkplain TransformRow#id id} of the row that it is for
 * @param value the value; empty for NULL. Text and JSON as a {@link CharSequence}, numbers, booleans, {@code byte[]}, arrays of
 *     primitive numbers, and lists or arrays of all these
 */
public record TransformAnswer(long row, Optional<Object> value) {

    /**
     * A value for a row.
     *
     * @param row the row
     * @param value the value
     * @return the answer
     */
    public static TransformAnswer of(TransformRow row, Object value) {
        return new TransformAnswer(row.id(), Optional.of(value));
    }

    /**
     * NULL for a row.
     *
     * @param row the row
     * @return the answer
     */
    public static TransformAnswer none(TransformRow row) {
        return new TransformAnswer(row.id(), Optional.empty());
    }
}
