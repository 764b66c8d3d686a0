package dev.migrator.throttle;

import dev.migrator.internal.check.Texts;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What a throttle can look at, each under the name that it has in a migration's file. */
public enum ThrottleKey {
    /** For how long what the furthest standby has not replayed yet has been waiting. */
    REPLICA_LAG("replicaLag", ThrottleUnit.DURATION, ""),
    /** How much WAL the furthest standby has not replayed yet. */
    REPLICA_BYTES("replicaBytes", ThrottleUnit.SIZE, ""),
    /** The standbys that have to be streaming: how many, or their names with commas between. */
    STANDBYS("standbys", ThrottleUnit.TEXT, ""),
    /** How much WAL a replication slot holds back. */
    SLOT_BYTES("slotBytes", ThrottleUnit.SIZE, ""),
    /** How much WAL the whole server writes a second. */
    WAL_RATE("walRate", ThrottleUnit.SIZE, ""),
    /** How many segments of WAL are not archived yet. */
    ARCHIVE_BACKLOG("archiveBacklog", ThrottleUnit.COUNT, ""),
    /** How long somebody has been waiting for a lock of this migration's batches. */
    WAITERS("waiters", ThrottleUnit.DURATION, "200ms..1s"),
    /** How many sessions of others are at work. */
    ACTIVE_SESSIONS("activeSessions", ThrottleUnit.COUNT, ""),
    /** The share of dead rows in the table that is filled. */
    DEAD_TUPLES("deadTuples", ThrottleUnit.PERCENT, ""),
    /** How many transactions have begun since the oldest snapshot that is still held, which keeps dead rows from being removed. */
    XMIN_AGE("xminAge", ThrottleUnit.COUNT, ""),
    /** How many transactions have begun since the oldest one that is not frozen; at two billion the server stops. */
    WRAPAROUND_AGE("wraparoundAge", ThrottleUnit.COUNT, "1200000000..1600000000"),
    /** A query whose time tells how busy the server is. */
    PROBE("probe", ThrottleUnit.TEXT, ""),
    /** How long that query takes. */
    PROBE_TIME("probeTime", ThrottleUnit.DURATION, "100ms..1s"),
    /** The times of day at which it may run; see {@link TimeWindows}. */
    WINDOWS("windows", ThrottleUnit.TEXT, "");

    /** The value with which a signal is not looked at. */
    public static final String OFF = "off";

    private final String key;
    private final ThrottleUnit unit;
    private final String ifLeftOut;

    ThrottleKey(String key, ThrottleUnit unit, String ifLeftOut) {
        this.key = key;
        this.unit = unit;
        this.ifLeftOut = ifLeftOut;
    }

    /**
     * Finds a key.
     *
     * @param key its name in a file
     * @return the key, if there is one of that name
     */
    public static Optional<ThrottleKey> of(String key) {
        return Arrays.stream(values())
                .filter(candidate -> candidate.key.equals(key))
                .findFirst();
    }

    /**
     * The names of all keys.
     *
     * @return the names, as in a file
     */
    public static List<String> keys() {
        return Arrays.stream(values()).map(ThrottleKey::key).toList();
    }

    /**
     * Its name in a migration's file.
     *
     * @return the name
     */
    public String key() {
        return key;
    }

    /**
     * In what it is measured.
     *
     * @return the unit
     */
    public ThrottleUnit unit() {
        return unit;
    }

    /**
     * What holds if nobody says anything.
     *
     * @return the value; empty if it is not looked at then
     */
    public Optional<String> ifLeftOut() {
        return ifLeftOut.isEmpty() ? Optional.empty() : Optional.of(ifLeftOut);
    }

    /** What is wrong with a value, as the rest of a sentence that begins with the key. */
    Optional<String> problem(String value) {
        if (value.isBlank()) {
            return Optional.of("is blank");
        }
        Optional<String> unsendable = Texts.unsendable(value);
        if (unsendable.isPresent() || value.equals(OFF)) {
            return unsendable;
        }
        try {
            switch (this) {
                case WINDOWS -> TimeWindows.parse(value);
                case STANDBYS -> Standbys.parse(value);
                case PROBE -> {}
                default -> ThrottleLimit.parse(unit, value);
            }
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
