package dev.migrator.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The type of the primary key, and whether the rows lie in its order. */
enum Layout {
    BIGINT("bigint", "%s::bigint", "g"),
    BIGINT_SHUFFLED("bigint", "%s::bigint", "hashint8(g)"),
    /** As UUIDs of version 7 are: they begin with the time. */
    UUID("uuid", "(lpad(to_hex(%s::bigint), 12, '0') || '70008000000000000000')::uuid", "g"),
    /** As UUIDs of version 4 are. */
    UUID_SHUFFLED("uuid", "md5((%s::bigint)::text)::uuid", "g");

    private final String type;
    private final String key;
    private final String order;

    Layout(String type, String key, String order) {
        this.type = type;
        this.key = key;
        this.order = order;
    }

    /** The layout with a label. */
    static Layout of(String label) {
        return Arrays.stream(values())
                .filter(layout -> layout.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no %s; there are %s"
                        .formatted(
                                label,
                                Arrays.stream(values()).map(Layout::label).collect(Collectors.joining(", ")))));
    }

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The key's type. */
    String type() {
        return type;
    }

    /** The key of the row with a number, which is any expression of type {@code bigint}, as SQL. */
    String key(String number) {
        return key.formatted(number);
    }

    /** In which order the rows numbered g are written, as SQL. */
    String order() {
        return order;
    }
}
