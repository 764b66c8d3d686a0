package dev.migrator.test.releases;

import dev.migrator.test.MigrationDatabase;
import dev.migrator.test.MigrationSuite;
import dev.migrator.test.PostgresServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Who plays, where, and how much.
 *
 * @param suite what is tested
 * @param server on which server
 * @param parties the releases
 * @param keys makes keys
 * @param seed of everything that is made
 * @param callsAtEachStop how many calls at each stop of a journey
 * @param budget how long a statement of a release may take
 */
record Scene<K>(
        MigrationSuite suite,
        PostgresServer server,
        Map<Side, Party<K>> parties,
        Function<RandomGenerator, ? extends K> keys,
        long seed,
        int callsAtEachStop,
        Duration budget) {
    private static final int REMOVALS_PERCENT = 15;

    Player<K> player(MigrationDatabase database) {
        return new Player<>(
                parties,
                budget,
                database.database().connect(),
                database.database().connect());
    }

    K key(Random random) {
        return keys.apply(random);
    }

    Call<K> call(Random random, int stop, Set<Side> live, K key) {
        List<Side> sides = new ArrayList<>(live);
        Side side = sides.get(random.nextInt(sides.size()));
        boolean removes = random.nextInt(100) < REMOVALS_PERCENT;
        return new Call<>(stop, side, key, removes ? Optional.empty() : Optional.of(value(side, random)));
    }

    Object value(Side side, Random random) {
        Party<K> party = parties.get(side);
        if (party == null) {
            throw new IllegalStateException("No release is the " + side + " one");
        }
        return party.values().apply(random);
    }
}
