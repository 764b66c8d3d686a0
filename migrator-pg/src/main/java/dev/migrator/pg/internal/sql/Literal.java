package dev.migrator.pg.internal.sql;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Values as SQL text, for the only place where they can't be parameters: a whole transaction sent as one message, and the
 * bodies of functions.
 */
public final class Literal {
    private Literal() {}

    /**
     * A text as a string constant that reads the same whatever {@code standard_conforming_strings} says.
     *
     * <p>Source: PostgreSQL manual, 4.1.2.2; this is what {@code quote_literal} does.
     */
    public static String text(String value) {
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("A text for PostgreSQL can't contain the character with code 0");
        }
        String doubled = value.replace("'", "''");
        return doubled.indexOf('\\') >= 0 ? "E'" + doubled.replace("\\", "\\\\") + "'" : "'" + doubled + "'";
    }

    /** A number. */
    public static String number(long value) {
        return value < 0 ? "(" + value + ")" : Long.toString(value);
    }

    /** Texts as a constant of type {@code text[]}. */
    public static String texts(List<String> values) {
        return values.isEmpty()
                ? "'{}'::pg_catalog.text[]"
                : "ARRAY[" + values.stream().map(Literal::text).collect(Collectors.joining(", "))
                        + "]::pg_catalog.text[]";
    }

    /**
     * SQL that reads the same whatever {@code standard_conforming_strings} says. The body of a function is read anew in every
     * session that calls it.
     *
     * @param sql SQL as the server prints it, or of our own making, for {@code standard_conforming_strings = on}
     */
    public static String portable(String sql) {
        StringBuilder result = new StringBuilder(sql.length() + 16);
        int at = 0;
        while (at < sql.length()) {
            char c = sql.charAt(at);
            boolean escapes = c == 'E' && sql.startsWith("'", at + 1);
            int end;
            if (sql.startsWith("--", at)) {
                int line = sql.indexOf('\n', at);
                end = line < 0 ? sql.length() : line;
            } else if (c == '"' || c == '\'' || escapes) {
                end = endOfQuoted(sql, escapes ? at + 1 : at, escapes);
            } else {
                end = at + 1;
            }
            String token = sql.substring(at, end);
            result.append(c == '\'' && token.indexOf('\\') >= 0 ? "E" + token.replace("\\", "\\\\") : token);
            at = end;
        }
        return result.toString();
    }

    /** The index after a quoted name or constant. */
    private static int endOfQuoted(String sql, int from, boolean escapes) {
        String quote = sql.substring(from, from + 1);
        int at = from + 1;
        while (at < sql.length()) {
            boolean isQuote = sql.startsWith(quote, at);
            if (isQuote && !sql.startsWith(quote, at + 1)) {
                return at + 1;
            }
            at += isQuote || (escapes && sql.charAt(at) == '\\') ? 2 : 1;
        }
        return sql.length();
    }

    /** A text as the body of a function or of a DO statement, between dollar quotes that do not occur in it. */
    public static String body(String text) {
        String tag = "$migrator$";
        for (int i = 0; text.contains(tag); i++) {
            tag = "$migrator" + i + "$";
        }
        return tag + text + tag;
    }
}
