package dev.migrator.pg.internal.backfill;

import java.lang.reflect.Array;
import java.util.HexFormat;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** A value that an application has computed, as PostgreSQL reads it. */
final class AnswerText {
    private AnswerText() {}

    /**
     * The text.
     *
     * @throws IllegalArgumentException if it can't be a value of a column
     */
    static String of(Object value) {
        if (value instanceof byte[] bytes) {
            return "\\x" + HexFormat.of().formatHex(bytes);
        } else if (value instanceof CharSequence || value instanceof Number || value instanceof Boolean) {
            String text = value.toString();
            if (text.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("a text with the character of code 0");
            }
            return text;
        } else if (value instanceof Iterable<?> list) {
            StringJoiner elements = new StringJoiner(",", "{", "}");
            list.forEach(element -> elements.add(element(element)));
            return elements.toString();
        } else if (value.getClass().isArray()) {
            StringJoiner elements = new StringJoiner(",", "{", "}");
            for (int i = 0; i < Array.getLength(value); i++) {
                elements.add(element(Array.get(value, i)));
            }
            return elements.toString();
        }
        throw new IllegalArgumentException("a value of " + value.getClass().getName());
    }

    private static String element(@Nullable Object element) {
        if (element == null) {
            return "NULL";
        }
        String text = of(element);
        boolean nested = !(element instanceof byte[])
                && (element instanceof Iterable<?> || element.getClass().isArray());
        return nested || element instanceof Number
                ? text
                : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
