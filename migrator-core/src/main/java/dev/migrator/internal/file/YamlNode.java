package dev.migrator.internal.file;

import dev.migrator.SourceMark;
import java.util.List;

/** A piece of a YAML document that knows where it stands. */
sealed interface YamlNode {

    /** Where it begins. */
    SourceMark at();

    /** What it is, for people: {@code a text}, {@code a list}, … */
    String kind();

    /**
     * A single value.
     *
     * @param at where it begins
     * @param text its text, unescaped
     * @param type what YAML takes it for
     */
    record Scalar(SourceMark at, String text, Type type) implements YamlNode {

        /** What YAML's core schema takes a value for; what is quoted is always a text. */
        enum Type {
            TEXT("a text"),
            NUMBER("a number"),
            BOOLEAN("true or false"),
            NOTHING("nothing");

            private final String kind;

            Type(String kind) {
                this.kind = kind;
            }
        }

        @Override
        public String kind() {
            return type.kind;
        }
    }

    /**
     * A list.
     *
     * @param at where it begins
     * @param items its entries
     */
    record Sequence(SourceMark at, List<YamlNode> items) implements YamlNode {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /**
     * A map.
     *
     * @param at where it begins
     * @param entries its entries, in order, perhaps with a key more than once
     */
    record Mapping(SourceMark at, List<Entry> entries) implements YamlNode {
        @Override
        public String kind() {
            return "a map";
        }
    }

    /**
     * An entry of a map.
     *
     * @param key the key
     * @param value the value
     */
    record Entry(Scalar key, YamlNode value) {}
}
