package dev.migrator.pg.internal.transact;

import java.time.Duration;
import java.util.Optional;

/**
 * Somebody who holds a lock that is in the way.
 *
 * @param id the same for the same transaction, or the same index build, whenever it is looked at
 * @param kind what it is
 * @param pid the backend; empty for a prepared transaction
 * @param gid the prepared transaction's name; empty for a backend
 * @param holds which lock on which table
 * @param user who, where known
 * @param application the session's {@code application_name}, where known
 * @param client the client's address, where known
 * @param state what the session is doing; empty if this role may not see it
 * @param age how long the transaction is open, where known
 * @param query the session's last query, cut short, where known
 */
public record Blocker(
        String id,
        Kind kind,
        Optional<Long> pid,
        Optional<String> gid,
        String holds,
        Optional<String> user,
        Optional<String> application,
        Optional<String> client,
        Optional<String> state,
        Optional<Duration> age,
        Optional<String> query) {

    /** What kind of work holds the lock; it decides what makes it go away. */
    public enum Kind {
        /** A session's transaction. */
        TRANSACTION,
        /** A prepared transaction, which stays until somebody ends it by its name. */
        PREPARED,
        /** An autovacuum that gives way to a waiting lock. */
        AUTOVACUUM,
        /** An autovacuum against wraparound, which does not give way. */
        WRAPAROUND_VACUUM,
        /** {@code CREATE INDEX CONCURRENTLY} and the like: many transactions, one after the other. */
        INDEX_BUILD
    }

    /** Who it is, for people: one line. */
    public String describe() {
        String who = gid.map(name -> "prepared transaction '" + name + "'")
                .or(() -> pid.map(number -> "pid " + number))
                .orElse("a prepared transaction");
        StringBuilder text = new StringBuilder(who).append(" (");
        user.ifPresent(name -> text.append("user ").append(name).append(", "));
        application
                .filter(name -> !name.isEmpty())
                .ifPresent(name -> text.append("application ").append(name).append(", "));
        client.ifPresent(address -> text.append("client ").append(address).append(", "));
        if (kind == Kind.PREPARED) {
            text.append("prepared ");
            text.append(age.map(time -> Failures.text(time) + " ago").orElse("at an unknown time"));
        } else if (state.isPresent() || isKnownByKind()) {
            text.append(what(state.orElse("")));
            age.ifPresent(time -> text.append(", transaction open for ").append(Failures.text(time)));
        } else {
            text.append("state, age and query are not visible to this role, grant pg_read_all_stats to it to see them");
        }
        text.append(") holds ").append(holds);
        query.filter(sql -> !sql.isEmpty())
                .ifPresent(sql -> text.append("; last query: ").append(sql));
        return text.toString();
    }

    /** A role that may not see what a session does still knows an autovacuum, which has no user, and an index build. */
    private boolean isKnownByKind() {
        return kind != Kind.TRANSACTION;
    }

    private String what(String activity) {
        return switch (kind) {
            case AUTOVACUUM -> "autovacuum";
            case WRAPAROUND_VACUUM -> "autovacuum to prevent wraparound";
            case INDEX_BUILD -> "index build";
            case TRANSACTION, PREPARED -> activity;
        };
    }

    /** What ends it, as a statement for whoever decides to; nothing ends a vacuum that would only begin again. */
    public Optional<String> remedy() {
        if (kind == Kind.WRAPAROUND_VACUUM) {
            return Optional.empty();
        }
        return gid.map(name -> "ROLLBACK PREPARED '" + name.replace("'", "''") + "'")
                .or(() -> pid.map(number -> "SELECT pg_terminate_backend(" + number + ")"))
                .or(() -> Optional.of("SELECT gid, prepared, owner FROM pg_prepared_xacts"));
    }
}
