package dev.migrator.pg.internal.throttle;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How many standbys of each name there have been: unless they are given names, all of them have the same one.
 *
 * <p>The connection of a standby that has connected anew may last for a while beside the new one, and must not count as
 * another standby that goes away then. Nothing is heard on it any more. So of several connections of a name only those count
 * on which something was heard after the youngest of them was there.
 */
public final class KnownStandbys {
    private final Map<String, Long> most = new TreeMap<>();
    private final Map<Long, Seen> connections = new HashMap<>();
    private long looks;

    /**
     * A standby's connection.
     *
     * @param name the standby's name
     * @param pid the process that serves it
     * @param replays whether it replays, and does not just store: else it is not missed
     * @param heard what changes whenever something is heard of it
     */
    public record Connection(String name, long pid, boolean replays, String heard) {}

    /** Since which look a connection is known, and at which one something new was heard on it. */
    private record Seen(long first, String heard, long heardAt) {}

    /**
     * Takes note of the connections that there are.
     *
     * @param now all of them
     * @return the name of one that there was and is not there any more
     */
    public Optional<String> missing(List<Connection> now) {
        looks++;
        connections.keySet().retainAll(now.stream().map(Connection::pid).toList());
        now.forEach(connection -> connections.merge(
                connection.pid(),
                new Seen(looks, connection.heard(), 0),
                (before, first) -> before.heard().equals(first.heard())
                        ? before
                        : new Seen(before.first(), first.heard(), looks)));
        Optional<String> missing = most.keySet().stream()
                .filter(name -> named(now, name).size() < most.getOrDefault(name, 0L))
                .findFirst();
        List<Connection> replaying = now.stream().filter(Connection::replays).toList();
        replaying.stream()
                .map(Connection::name)
                .distinct()
                .forEach(name -> most.merge(name, count(replaying, name), Math::max));
        return missing;
    }

    private static List<Connection> named(List<Connection> all, String name) {
        return all.stream().filter(connection -> connection.name().equals(name)).toList();
    }

    /** One there is in any case. */
    private long count(List<Connection> replaying, String name) {
        List<Seen> seen = named(replaying, name).stream()
                .map(connection -> connections.get(connection.pid()))
                .toList();
        long youngest = seen.stream().mapToLong(Seen::first).max().orElse(0);
        return Math.max(
                1, seen.stream().filter(known -> known.heardAt() > youngest).count());
    }
}
