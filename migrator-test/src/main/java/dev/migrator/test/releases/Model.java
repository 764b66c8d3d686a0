package dev.migrator.test.releases;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What has to be in the database: by key, which release has stored which record last. Not thread-safe. */
final class Model<K> {

    /** Who has stored a record last, and what; empty if it is removed. */
    private record Stored(Side side, Optional<Object> value) {}

    private final Map<Side, Party<K>> parties;
    private final Map<K, Stored> byKey = new LinkedHashMap<>();

    Model(Map<Side, Party<K>> parties) {
        this.parties = parties;
    }

    boolean knows(K key) {
        return byKey.containsKey(key);
    }

    Set<K> keys() {
        return byKey.keySet();
    }

    /** What a release has found before anything was stored. */
    void found(Side side, K key, Optional<Object> value) {
        byKey.put(key, new Stored(side, value));
    }

    /** What a release has to read. */
    Optional<Object> expected(Side side, K key) {
        Stored stored = stored(key);
        return stored.side() == side
                ? stored.value()
                : stored.value().map(value -> party(side).ofOther().apply(value));
    }

    /**
     * A release has stored a record, or removed it. Storing what it would have read anyway changes nothing: a record that the
     * other release knows more exactly stays so.
     */
    void stored(Side side, K key, Optional<Object> value) {
        if (!value.equals(expected(side, key))) {
            byKey.put(key, new Stored(side, value));
        }
    }

    boolean exists(K key) {
        return stored(key).value().isPresent();
    }

    private Stored stored(K key) {
        Stored stored = byKey.get(key);
        if (stored == null) {
            throw new IllegalStateException("Nothing is known of " + key);
        }
        return stored;
    }

    private Party<K> party(Side side) {
        Party<K> party = parties.get(side);
        if (party == null) {
            throw new IllegalStateException("No release is the " + side + " one");
        }
        return party;
    }
}
