package dev.migrator;

import dev.migrator.internal.check.Texts;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A name of something in the database, taken literally: {@code order}, {@code Full Name} and {@code a.b} are each one name.
 *
 * <p>This is the only way by which a name gets into SQL, always {@linkplain #quoted() quoted}. A name that PostgreSQL would
 * cut short is refused.
 *
 * <p>Source: PostgreSQL manual, 4.1.1 "Identifiers and Key Words".
 *
 * @param value the name, unquoted: 1 to 63 bytes in UTF-8, without NUL characters and unpaired surrogates
 */
public record Identifier(String value) implements Comparable<Identifier> {

    /** The bytes that PostgreSQL keeps of a name ({@code NAMEDATALEN} - 1). */
    public static final int MAX_BYTES = 63;

    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException if the name is empty, too long, or can't be a name at all
     */
    public Identifier {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("a name must not be empty");
        }
        Texts.unsendable(value).ifPresent(problem -> {
            throw new IllegalArgumentException("the name '" + Texts.oneLine(value) + "' " + problem);
        });
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException("the name '" + Texts.oneLine(shortened(value)) + "' is " + bytes
                    + " bytes in UTF-8, PostgreSQL keeps " + MAX_BYTES + ": shorten it by " + (bytes - MAX_BYTES)
                    + (bytes - MAX_BYTES == 1 ? " byte" : " bytes"));
        }
    }

    private static String shortened(String value) {
        int end = Math.min(value.length(), 200);
        return end == value.length() ? value : value.substring(0, end) + "…";
    }

    /**
     * The identifier of a name.
     *
     * @param value the name, unquoted
     * @return the identifier
     * @throws IllegalArgumentException if the name is empty, too long, or can't be a name at all
     */
    public static Identifier of(String value) {
        return new Identifier(value);
    }

    /**
     * The name as SQL, in double quotes, those in it doubled.
     *
     * @return the quoted name
     */
    public String quoted() {
        return '"' + value.replace("\"", "\"\"") + '"';
    }

    /** Compares the names' bytes in UTF-8, the order in which PostgreSQL fires a table's triggers. */
    @Override
    public int compareTo(Identifier other) {
        return Arrays.compareUnsigned(
                value.getBytes(StandardCharsets.UTF_8), other.value.getBytes(StandardCharsets.UTF_8));
    }

    /** The name, unquoted: for people, never for SQL. */
    @Override
    public String toString() {
        return value;
    }
}
