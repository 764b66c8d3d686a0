package dev.migrator.test.releases;

import java.util.Optional;

/**
 * One thing that a release does: it stores a record, whether there is one of that key or not, or removes the one there is.
 *
 * @param stop the place in the journey at which it does so, from 0
 * @param side which release
 * @param key the key
 * @param value the record; empty to remove it
 */
record Call<K>(int stop, Side side, K key, Optional<Object> value) {
    @Override
    public String toString() {
        return side + " release "
                + value.map(stored -> "stores " + key + " = " + stored).orElse("removes " + key);
    }
}
