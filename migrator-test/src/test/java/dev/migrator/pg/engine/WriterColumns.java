package dev.migrator.pg.engine;

import static dev.migrator.pg.engine.ShapeModel.NULL;

import java.util.List;
import java.util.random.RandomGenerator;

/** The columns of the writers' tables, with values for them, and the expressions of their migrations in Java. */
final class WriterColumns {
    static final String UNMAPPABLE = "n/a";

    private static final List<String> NAMES = List.of("Ann", "Bob Ray", "", "x", "O'Neil", "anon", "tab\there");
    private static final List<String> LATITUDES = List.of("1.5", "01.50", "2", "-0.25", "0", "10.0", "1e1");
    private static final List<String> NUMBERS = List.of("0", "2.25", "-7", "100.5", "10", "1.5");
    private static final List<String> PLACES = List.of("A Street, Berlin", "solo", "", ", ", "a, b, c", "x, ");
    private static final List<String> PARTS = List.of("Broadway", "", "1 Elm", "Köln");
    private static final List<String> WORDS = List.of("Ada", "", "Li", "van");
    private static final List<String> PERSONS = List.of("Ada Lovelace", "Cher", "", " ", "A B C");
    // Equal to the type, different to a reader.
    private static final List<String> AMOUNTS = List.of("1", "1.0", "1.00", "2.50", "2.5");
    private static final List<String> NOTES = List.of("", "note", "back\\slash", "line\nfeed");

    private static final WriterColumn NOTE = new WriterColumn("note", "text", true, of(NOTES));

    static final List<WriterColumn> OLD_PEOPLE = List.of(
            new WriterColumn("name", "text", false, of(NAMES)),
            new WriterColumn("nick", "varchar", true, random -> ""),
            new WriterColumn("lat", "text", false, of(LATITUDES)),
            new WriterColumn("n", "int", true, WriterColumns::whole),
            new WriterColumn("place", "text", true, of(PLACES)),
            new WriterColumn("given", "text", true, of(WORDS)),
            new WriterColumn("family", "text", true, of(WORDS)),
            new WriterColumn("amount", "numeric", true, of(AMOUNTS)),
            NOTE);
    static final List<WriterColumn> NEW_PEOPLE = List.of(
            new WriterColumn("full_name", "text", false, of(NAMES)),
            new WriterColumn("handle", "varchar", true, random -> ""),
            new WriterColumn("latitude", "float8", false, of(NUMBERS)),
            new WriterColumn("big_n", "bigint", true, WriterColumns::whole),
            new WriterColumn("street", "text", true, of(PARTS)),
            new WriterColumn("city", "text", true, of(PARTS)),
            new WriterColumn("person", "text", true, of(PERSONS)),
            new WriterColumn("shout", "text", false, of(NAMES)),
            new WriterColumn("total", "numeric", true, of(AMOUNTS)),
            NOTE);
    static final List<WriterColumn> ACCOUNTS = List.of(
            new WriterColumn("n", "int", true, WriterColumns::whole),
            new WriterColumn("t", "text", false, of(NAMES)),
            NOTE);

    private WriterColumns() {}

    private static java.util.function.Function<RandomGenerator, String> of(List<String> values) {
        return random -> values.get(random.nextInt(values.size()));
    }

    private static String whole(RandomGenerator random) {
        return String.valueOf(random.nextInt(40) - 10);
    }

    /** {@code text::double precision::text} for what the writers write. */
    static String number(String text) {
        if (text.equals(NULL)) {
            return NULL;
        }
        double value = Double.parseDouble(text);
        return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }

    /** {@code split_part(text, separator, 1)} and {@code 2}. */
    static List<String> split(String text, String separator) {
        if (text.equals(NULL)) {
            return List.of(NULL, NULL);
        }
        String[] parts = text.split(java.util.regex.Pattern.quote(separator), -1);
        return List.of(parts[0], parts.length > 1 ? parts[1] : "");
    }

    static String place(String street, String city) {
        if (street.equals(NULL) && city.equals(NULL)) {
            return NULL;
        }
        return (street.equals(NULL) ? "" : street) + ", " + (city.equals(NULL) ? "" : city);
    }
}
