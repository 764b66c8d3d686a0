package dev.migrator.pg.engine;

import dev.migrator.Identifier;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Names that are unlike those that anybody gives, the same for the same seed, no two of them alike. */
final class HostileNames {
    private static final List<String> PIECES = List.of(
            "\"",
            "'",
            ";",
            "--",
            "$$",
            "$body$",
            "$migrator$",
            "%",
            "%s",
            "%1$s",
            "%I",
            "\\",
            "\\\\",
            "\\n",
            "/*",
            "*/",
            ".",
            " ",
            "\n",
            "\t",
            "\r",
            "${x}",
            "{0}",
            ":name",
            "?",
            "??",
            "$1",
            "a",
            "B",
            "É",
            "e\u0301",
            "ß",
            "İ",
            "\u05d0\u05d1",
            "\u202e",
            "\u200b",
            "\uD83D\uDE00",
            "漢字",
            "\u0001",
            "~",
            "~~",
            "!",
            "#",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            "|",
            "&",
            "=",
            ",",
            "@",
            "`",
            "^",
            "\u00a0",
            "0",
            "1e9");
    private static final List<String> WORDS = List.of(
            "select",
            "user",
            "table",
            "new",
            "old",
            "excluded",
            "NEW",
            "Old",
            "mark",
            "notes",
            "pending",
            "seen",
            "is_last",
            "broken_0",
            "derived_0_0",
            "back_0_0",
            "migrator_value",
            "tg_op",
            "TG_ARGV",
            "null",
            "default",
            "mg_deadbeef",
            "mg_0_1d",
            "!mg_x",
            "~mg_zzu",
            "found",
            "sqlstate",
            "sqlerrm",
            "value",
            "s",
            "x",
            "row",
            "all",
            "into",
            "strict");

    private final Random random;
    private final Set<String> used = new HashSet<>();
    private final Map<String, String> given = new LinkedHashMap<>();

    HostileNames(Random random) {
        this.random = random;
    }

    /** The name of a thing: always the same for the same thing. */
    String of(String thing) {
        return given.computeIfAbsent(thing, any -> fresh(Identifier.MAX_BYTES));
    }

    /** The name of a thing as SQL. */
    String sql(String thing) {
        return Identifier.of(of(thing)).quoted();
    }

    private String fresh(int most) {
        while (true) {
            String name = cut(make(most), most);
            if (!name.isEmpty() && used.add(name)) {
                return name;
            }
        }
    }

    private String make(int most) {
        int kind = random.nextInt(10);
        if (kind < 2) {
            return WORDS.get(random.nextInt(WORDS.size()));
        } else if (kind == 2 && !used.isEmpty()) {
            // As another one, but for the case of its letters.
            String other = used.stream().sorted().toList().get(random.nextInt(used.size()));
            return random.nextBoolean() ? other.toUpperCase(Locale.ROOT) : other.toLowerCase(Locale.ROOT);
        }
        StringBuilder name = new StringBuilder();
        int pieces = kind == 3 ? most : 1 + random.nextInt(5);
        for (int i = 0; i < pieces; i++) {
            name.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        return name.toString();
    }

    /** At most so many bytes, and no part of a character. */
    private static String cut(String name, int most) {
        String result = name;
        while (result.getBytes(StandardCharsets.UTF_8).length > most) {
            result = result.substring(0, result.offsetByCodePoints(result.length(), -1));
        }
        return result;
    }

    /** A migration's id, which may hold all that a file's name may, but for control characters. */
    String id() {
        String id = "0001_" + of("migration").replaceAll("\\p{Cntrl}", "").strip();
        given.put("migration", id);
        return id;
    }

    /** The beginning of a role's name; the rest of it makes it the database's own. */
    String role() {
        return given.computeIfAbsent("role", any -> fresh(50));
    }

    /** A state schema's name, which may not hold the quotes of its functions' bodies. */
    String stateSchema() {
        return given.computeIfAbsent("state schema", any -> fresh(63).replace("$fn$", ""));
    }

    /** An expression of text with something around it that changes nothing. */
    String around(String expression) {
        return switch (random.nextInt(8)) {
            case 0 -> expression + " -- it's ? $1 :x %s \\ \" /*";
            case 1 -> "/* ? ' \" $$ -- :x /* nested */ */ " + expression;
            case 2 -> "(" + expression + ") || left(E'\\'?;--\\\\:x$1%', 0)";
            case 3 -> "(" + expression + ") || left($q$it's ? -- \\ $$ ; \"$q$, 0)";
            case 4 -> "(" + expression + ") || CASE WHEN '{\"a\": 1}'::jsonb ? 'b' THEN '??' ELSE '' END";
            case 5 -> "(" + expression + ") || left('\\', 0) || left(U&'\\00e9\\+01F600', 0)";
            case 6 -> "(" + expression + ")\n|| left('it''s {d ''2020-01-01''} {fn now()} ${x}', 0)";
            default -> expression;
        };
    }

    /** A text as YAML, all of it escaped. */
    static String yaml(String text) {
        StringBuilder yaml = new StringBuilder("\"");
        text.chars().forEach(c -> yaml.append("\\u%04x".formatted(c)));
        return yaml.append('"').toString();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        given.forEach((thing, name) -> text.append(thing)
                .append(": ")
                .append(yaml(name))
                .append(' ')
                .append(name)
                .append('\n'));
        return text.toString();
    }
}
