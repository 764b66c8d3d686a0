package dev.migrator.test.releases;

import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * A release with what is known of its records.
 *
 * @param release the release
 * @param ofOther what it reads where the other release has written a record
 * @param values makes records
 */
record Party<K>(
        Release<K, Object> release, Function<Object, Object> ofOther, Function<RandomGenerator, Object> values) {

    /** Forgets the type of the records: all of one side come from that side's generator, release and mapping. */
    @SuppressWarnings("unchecked")
    static <K, V, W> Party<K> of(
            Release<K, V> release,
            Function<? super W, ? extends V> ofOther,
            Function<RandomGenerator, ? extends V> values) {
        return new Party<>((Release<K, Object>) release, (Function<Object, Object>) (Function<?, ?>) ofOther, (Function<
                        RandomGenerator, Object>)
                (Function<?, ?>) values);
    }
}
