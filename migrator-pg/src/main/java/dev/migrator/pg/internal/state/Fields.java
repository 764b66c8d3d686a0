package dev.migrator.pg.internal.state;

import java.util.ArrayList;
import java.util.List;

/** Texts under keys, in order, a key as often as it is needed: stored as one array of key, value, key, value, … */
final class Fields {
    private final List<String> flat;

    private Fields(List<String> flat) {
        this.flat = flat;
    }

    static Fields none() {
        return new Fields(new ArrayList<>());
    }

    static Fields of(List<String> flat) {
        if (flat.size() % 2 != 0) {
            throw new IllegalArgumentException("A key without a value: " + flat);
        }
        return new Fields(flat);
    }

    Fields with(String key, String value) {
        flat.add(key);
        flat.add(value);
        return this;
    }

    Fields withAll(String key, List<String> values) {
        values.forEach(value -> with(key, value));
        return this;
    }

    /** The values of a key, in order. */
    List<String> all(String key) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < flat.size(); i += 2) {
            if (flat.get(i).equals(key)) {
                values.add(flat.get(i + 1));
            }
        }
        return values;
    }

    /** The only value of a key. */
    String one(String key) {
        List<String> values = all(key);
        if (values.size() != 1) {
            throw new IllegalArgumentException(key + " occurs " + values.size() + " times in " + flat);
        }
        return values.get(0);
    }

    /** Keys and values as they are stored. */
    List<String> flat() {
        return List.copyOf(flat);
    }
}
