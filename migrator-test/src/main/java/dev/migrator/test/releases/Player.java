package dev.migrator.test.releases;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes calls of both releases, each on its own connection, and compares what they read with the model. Not thread-safe. */
final class Player<K> implements AutoCloseable {
    private final Map<Side, Party<K>> parties;
    private final Map<Side, Connection> connections = new EnumMap<>(Side.class);
    private final Model<K> model;
    private final Duration budget;
    private Duration slowest = Duration.ZERO;
    private int statements;

    Player(Map<Side, Party<K>> parties, Duration budget, Connection ofOld, Connection ofNew) {
        this.parties = parties;
        this.model = new Model<>(parties);
        this.budget = budget;
        connections.put(Side.OLD, ofOld);
        connections.put(Side.NEW, ofNew);
    }

    Duration slowest() {
        return slowest;
    }

    int statements() {
        return statements;
    }

    /** Makes a call, and lets every live release read what it has done. */
    void play(Call<K> call, Set<Side> live) throws Disagreement {
        K key = call.key();
        if (!model.knows(key)) {
            model.found(call.side(), key, read(call.side(), key));
        }
        boolean exists = model.exists(key);
        if (call.value().isPresent() || exists) {
            make(call, exists);
            model.stored(call.side(), key, call.value());
        }
        for (Side side : live) {
            check(side, key);
        }
    }

    private void make(Call<K> call, boolean exists) throws Disagreement {
        Release<K, Object> release = party(call.side()).release();
        Connection connection = connection(call.side());
        timed(call.toString(), () -> {
            if (call.value().isEmpty()) {
                release.delete(connection, call.key());
            } else if (exists) {
                release.update(connection, call.key(), call.value().get());
            } else {
                release.insert(connection, call.key(), call.value().get());
            }
            return Optional.empty();
        });
    }

    /** Compares every record that was touched. */
    void checkAll(Set<Side> live) throws Disagreement {
        for (K key : model.keys()) {
            for (Side side : live) {
                check(side, key);
            }
        }
    }

    private void check(Side side, K key) throws Disagreement {
        Optional<Object> expected = model.expected(side, key);
        Optional<Object> read = read(side, key);
        if (!read.equals(expected)) {
            throw new Disagreement(
                    "%s release reads %s: %s, expected %s".formatted(side, key, text(read), text(expected)));
        }
    }

    Optional<Object> read(Side side, K key) throws Disagreement {
        return timed(side + " release reads " + key, () -> party(side).release().read(connection(side), key));
    }

    static String text(Optional<Object> value) {
        return value.map(String::valueOf).orElse("nothing");
    }

    private interface Statement {
        Optional<Object> run() throws SQLException;
    }

    private Optional<Object> timed(String what, Statement statement) throws Disagreement {
        long begun = System.nanoTime();
        Optional<Object> result;
        try {
            result = statement.run();
        } catch (SQLException e) {
            throw new Disagreement("%s: failed with %s %s".formatted(what, e.getSQLState(), e.getMessage()), e);
        } catch (RuntimeException e) {
            throw new Disagreement("%s: failed with %s".formatted(what, e), e);
        }
        Duration time = Duration.ofNanos(System.nanoTime() - begun);
        statements++;
        slowest = time.compareTo(slowest) > 0 ? time : slowest;
        if (time.compareTo(budget) > 0) {
            throw new Disagreement(
                    "%s: took %d ms; the budget is %d ms".formatted(what, time.toMillis(), budget.toMillis()));
        }
        return result;
    }

    private Party<K> party(Side side) {
        Party<K> party = parties.get(side);
        if (party == null) {
            throw new IllegalStateException("No release is the " + side + " one");
        }
        return party;
    }

    private Connection connection(Side side) {
        Connection connection = connections.get(side);
        if (connection == null) {
            throw new IllegalStateException("No connection of the " + side + " release");
        }
        return connection;
    }

    @Override
    public void close() {
        for (Connection connection : connections.values()) {
            try {
                connection.close();
            } catch (SQLException gone) {
                // What was to be seen has been seen.
            }
        }
    }
}
