package dev.migrator.example.shop;

/**
 * A name in two parts.
 *
 * @param given the given name
 * @param family the family name; empty where there is none
 */
public record FullName(String given, String family) {

    /** A name as release 1 stored it: what comes before the first space, and what after. */
    public static FullName of(String name) {
        int space = name.indexOf(' ');
        return space < 0 ? new FullName(name, "") : new FullName(name.substring(0, space), name.substring(space + 1));
    }

    /** The name as release 1 shows it. */
    public String inOne() {
        return family.isEmpty() ? given : given + " " + family;
    }
}
