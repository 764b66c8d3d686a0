package dev.migrator.pg.internal.sql;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One row of a result, its columns by name, already read off the connection. */
public final class Row {
    private final List<String> names;
    private final @Nullable Object[] values;

    Row(List<String> names, @Nullable Object[] values) {
        this.names = names;
        this.values = values;
    }

    private @Nullable Object value(String column) {
        int at = names.indexOf(column);
        if (at < 0) {
            throw new IllegalArgumentException("No column " + column + " in " + names);
        }
        return values[at];
    }

    private Object present(String column) {
        Object value = value(column);
        if (value == null) {
            throw new IllegalStateException("Column " + column + " is NULL in " + this);
        }
        return value;
    }

    /** A text, which must not be NULL. */
    public String text(String column) {
        return present(column).toString();
    }

    /** A text, empty for NULL. */
    public Optional<String> optionalText(String column) {
        return Optional.ofNullable(value(column)).map(Object::toString);
    }

    /** A whole number, which must not be NULL. */
    public long number(String column) {
        Object value = present(column);
        return value instanceof Number number ? number.longValue() : Long.parseLong(value.toString());
    }

    /** Whether a boolean is true; NULL is false. */
    public boolean isTrue(String column) {
        Object value = value(column);
        return Boolean.TRUE.equals(value) || "t".equals(value);
    }

    /** The elements of a text array, empty for NULL. */
    public List<String> texts(String column) {
        Object value = value(column);
        if (value instanceof Object[] elements) {
            return Arrays.stream(elements).map(String::valueOf).toList();
        }
        return List.of();
    }

    /** A time, which must not be NULL. */
    public java.time.Instant time(String column) {
        Object value = present(column);
        if (value instanceof java.sql.Timestamp timestamp) {
            return timestamp.toInstant();
        }
        throw new IllegalStateException("Column " + column + " is no time: " + value);
    }

    @Override
    public String toString() {
        return names + " = " + Arrays.toString(values);
    }
}
