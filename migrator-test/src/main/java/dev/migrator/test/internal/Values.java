package dev.migrator.test.internal;

import dev.migrator.test.internal.TableShape.Column;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes values by type, as text. */
final class Values {
    private static final List<String> WORDS = List.of(
            "",
            "Ada",
            "Grace Hopper",
            "O'Neil",
            "Łódź",
            "東京",
            "e\u0301",
            "tab\there",
            "\\backslash",
            "\"quoted\"",
            "a, b",
            "null",
            "100 %",
            "  spaces  ",
            "line\nfeed");

    private final Random random;

    Values(Random random) {
        this.random = random;
    }

    /** A value of a column; NULL for a type of which nothing is known. */
    @Nullable
    String of(Column column) {
        if (!column.array()) {
            return cut(one(column), column.length());
        }
        int size = random.nextInt(3);
        StringBuilder array = new StringBuilder("{");
        for (int i = 0; i < size; i++) {
            @Nullable String element = cut(one(column), column.length());
            if (element == null) {
                return null;
            }
            array.append(i > 0 ? "," : "")
                    .append('"')
                    .append(element.replace("\\", "\\\\").replace("\"", "\\\""))
                    .append('"');
        }
        return array.append('}').toString();
    }

    private static @Nullable String cut(@Nullable String text, int length) {
        return text == null || length == 0 || text.codePointCount(0, text.length()) <= length
                ? text
                : text.substring(0, text.offsetByCodePoints(0, length));
    }

    private @Nullable String one(Column column) {
        if (!column.labels().isEmpty()) {
            return column.labels().get(random.nextInt(column.labels().size()));
        }
        return switch (column.base()) {
            case "bool" -> String.valueOf(random.nextBoolean());
            case "int2", "int4", "int8" -> String.valueOf(random.nextInt(column.unique() ? 30_000 : 1000));
            case "numeric" -> numeric(column.wholeDigits());
            case "float4", "float8", "money" -> random.nextInt(1000) + "." + random.nextInt(10) + "5";
            case "text", "varchar", "bpchar", "citext", "name" -> text(column.unique());
            case "uuid" -> new UUID(random.nextLong(), random.nextLong()).toString();
            case "date" -> date().toString();
            case "timestamp" -> date() + " " + time();
            case "timestamptz" -> date() + " " + time() + "+00";
            case "time" -> time().toString();
            case "timetz" -> time() + "+00";
            case "interval" -> random.nextInt(100) + " hours";
            case "json", "jsonb" -> "{\"number\": " + random.nextInt(100) + ", \"list\": [1, null]}";
            case "bytea" -> "\\x" + Integer.toHexString(0x10000000 | random.nextInt(0x1000000));
            case "inet", "cidr" ->
                "10.%d.%d.%d".formatted(random.nextInt(256), random.nextInt(256), random.nextInt(256));
            case "int4range", "int8range", "numrange" ->
                "[" + random.nextInt(100) + "," + (100 + random.nextInt(100)) + ")";
            case "daterange" -> "[" + date() + "," + date().plusYears(40) + ")";
            case "tsrange", "tstzrange" -> "[\"" + date() + "\",\"" + date().plusYears(40) + "\")";
            case "tsvector" -> "word" + random.nextInt(100);
            case "xml" -> "<a>" + random.nextInt(100) + "</a>";
            case "point" -> "(" + random.nextInt(90) + "," + random.nextInt(90) + ")";
            default -> null;
        };
    }

    /** A number that still fits when it is rounded. */
    private String numeric(int wholeDigits) {
        if (wholeDigits > 0) {
            int below = (int) Math.pow(10, Math.min(3, wholeDigits)) - 1;
            return random.nextInt(below) + "." + random.nextInt(10) + "5";
        }
        return "0." + "0".repeat(-wholeDigits) + (1 + random.nextInt(8));
    }

    private String text(boolean unique) {
        String word = WORDS.get(random.nextInt(WORDS.size()));
        return unique ? random.nextInt(1_000_000) + word : word;
    }

    private LocalDate date() {
        return LocalDate.of(1990, 1, 1).plusDays(random.nextInt(15_000));
    }

    private LocalTime time() {
        return LocalTime.ofSecondOfDay(random.nextInt(86_400));
    }
}
