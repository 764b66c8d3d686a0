package dev.migrator.pg.internal.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A look at user-written SQL before the server sees it: is it one fragment that can stand in parentheses, or does it break
 * out of them? The server judges everything else.
 *
 * <p>Source: PostgreSQL manual, 4.1 "Lexical Structure".
 */
public final class SqlFragment {
    private final String text;
    private final boolean statementsAllowed;
    private final List<Integer> semicolons = new ArrayList<>();
    private int at;
    private int depth;

    private SqlFragment(String text, boolean statementsAllowed) {
        this.text = text;
        this.statementsAllowed = statementsAllowed;
    }

    /**
     * Statements, taken apart.
     *
     * @param list the statements without their semicolons
     * @param problem what is wrong with the text
     */
    public record Statements(List<String> list, Optional<String> problem) {}

    /** Takes statements apart at the semicolons that separate them. */
    public static Statements split(String text) {
        SqlFragment scanner = new SqlFragment(text, true);
        Optional<String> problem = scanner.scan();
        List<String> statements = new ArrayList<>();
        int from = 0;
        for (int end : scanner.semicolons) {
            statements.add(text.substring(from, end).strip());
            from = end + 1;
        }
        statements.add(text.substring(from).strip());
        statements.removeIf(String::isEmpty);
        return new Statements(List.copyOf(statements), problem);
    }

    /** What is wrong with a fragment; empty if it can stand in parentheses. */
    public static Optional<String> problem(String text) {
        return new SqlFragment(text, false).scan();
    }

    /** Where a text first occurs in the server's own SQL outside of quotes and parentheses; -1 if it does not. */
    public static int indexOutside(String sql, String wanted) {
        boolean name = false;
        boolean literal = false;
        int depth = 0;
        for (int i = 0; i < sql.length(); i++) {
            char c = sql.charAt(i);
            name ^= c == '"' && !literal;
            literal ^= c == '\'' && !name;
            if (!name && !literal) {
                depth += c == '(' ? 1 : c == ')' ? -1 : 0;
                if (depth == 0 && sql.startsWith(wanted, i)) {
                    return i;
                }
            }
        }
        return -1;
    }

    private Optional<String> scan() {
        while (at < text.length()) {
            char c = text.charAt(at);
            Optional<String> problem = Optional.empty();
            if (c == '\'') {
                boolean escapes = at > 0 && Character.toLowerCase(text.charAt(at - 1)) == 'e' && !partOfWord(at - 2);
                problem = quoted('\'', escapes);
            } else if (c == '"') {
                problem = quoted('"', false);
            } else if (c == '$' && !partOfWord(at - 1)) {
                problem = dollar();
            } else if (text.startsWith("--", at)) {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end + 1;
            } else if (text.startsWith("/*", at)) {
                problem = comment();
            } else {
                problem = plain(c);
                at++;
            }
            if (problem.isPresent()) {
                return problem;
            }
        }
        return depth == 0 ? Optional.empty() : Optional.of("has " + depth + " parentheses that are not closed");
    }

    private Optional<String> plain(char c) {
        if (c == ';' && statementsAllowed) {
            if (depth == 0) {
                semicolons.add(at);
            }
            return Optional.empty();
        }
        if (c == ';') {
            return Optional.of("contains a semicolon: one expression is expected, not statements");
        }
        if (c == '(' || c == '[') {
            depth++;
        } else if (c == ')' || c == ']') {
            depth--;
        }
        return depth < 0 ? Optional.of("closes a parenthesis that it has not opened") : Optional.empty();
    }

    private boolean partOfWord(int index) {
        return index >= 0
                && (Character.isLetterOrDigit(text.charAt(index))
                        || text.charAt(index) == '_'
                        || text.charAt(index) == '$');
    }

    private Optional<String> quoted(char quote, boolean escapes) {
        at++;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (escapes && c == '\\') {
                at += 2;
            } else if (c == quote) {
                at++;
                if (at >= text.length() || text.charAt(at) != quote) {
                    return Optional.empty();
                }
                at++;
            } else {
                at++;
            }
        }
        return Optional.of("has a " + quote + " that is not closed");
    }

    private Optional<String> dollar() {
        int end = at + 1;
        while (end < text.length() && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '_')) {
            end++;
        }
        boolean isTag = end < text.length() && text.charAt(end) == '$';
        if (!isTag) {
            at++;
            return Optional.empty();
        }
        String tag = text.substring(at, end + 1);
        int close = text.indexOf(tag, end + 1);
        if (close < 0) {
            return Optional.of("has a " + tag + " that is not closed");
        }
        at = close + tag.length();
        return Optional.empty();
    }

    private Optional<String> comment() {
        int level = 0;
        do {
            if (text.startsWith("/*", at)) {
                level++;
                at += 2;
            } else if (text.startsWith("*/", at)) {
                level--;
                at += 2;
            } else {
                at++;
            }
        } while (level > 0 && at < text.length());
        return level == 0 ? Optional.empty() : Optional.of("has a comment that is not closed");
    }
}
