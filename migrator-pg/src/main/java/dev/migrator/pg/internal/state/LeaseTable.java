package dev.migrator.pg.internal.state;

import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.Lease;
import dev.migrator.engine.LeaseHolder;
import dev.migrator.engine.LeaseLostException;
import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.sql.Literal;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.SqlErrors;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The lease of a migration: a token that only grows, in the table {@code lease}, and how long it is good for, in the table
 * {@code control}.
 *
 * <ol>
 *   <li>Every transaction of an engine holds the row in {@code lease} FOR SHARE, having seen its own token there.
 *   <li>Whoever wants a new token first waits at the turnstile, behind which those who come later have to wait.
 *   <li>A new token is given out under that row's lock, hence when no such transaction is under way, and only if the row
 *       in {@code control} then says that the lease has run out.
 *   <li>Renewal writes {@code control} alone, so that no step, however long, stands in its way.
 * </ol>
 */
final class LeaseTable {
    /** How often settling waits for the transactions of the old token; each time as long as the lock timeout. */
    private static final int SETTLE_TRIES = 5;

    private final StateDatabase database;

    LeaseTable(StateDatabase database) {
        this.database = database;
    }

    Optional<Lease> acquire(String id, String owner, Duration timeToLive) {
        // Without a lock first: whoever comes second must not write at all.
        List<Boolean> free = database.read(
                "Migration " + id + ": reading its lease",
                row -> row.isTrue("free"),
                """
                SELECT c.expires_at <= pg_catalog.clock_timestamp() OR c.owner = ? AS free
                FROM %s AS l JOIN %s AS c USING (target, migration)
                WHERE l.target = ? AND l.migration = ?"""
                        .formatted(database.table("lease"), database.table("control")),
                owner, // whose first answer was lost: an owner is the walk of one engine and asks once
                database.sql().target(),
                id);
        if (free.contains(false)) {
            return Optional.empty();
        }
        List<String> statements = new ArrayList<>();
        if (free.isEmpty()) {
            statements.add(insert("lease", id, "token", "0"));
            statements.add(insert("control", id, "owner", "''"));
        }
        statements.add(turnstile(id));
        statements.add("SELECT %s(%s, %s, %s) AS token"
                .formatted(database.table("take_lease"), key(id), Literal.text(owner), interval(timeToLive)));
        return taken(id, owner, statements);
    }

    private Optional<Lease> taken(String id, String owner, List<String> statements) {
        try {
            Row row = database.tryTransaction(statements).get(0);
            return row.optionalText("token").map(token -> new Lease(id, Long.parseLong(token), owner));
        } catch (SQLException e) {
            if (SqlErrors.state(e).equals(SqlErrors.LOCK_NOT_AVAILABLE)) {
                return Optional.empty();
            }
            throw database.failure("Migration " + id + ": taking its lease", e);
        }
    }

    private String insert(String table, String id, String column, String value) {
        return "INSERT INTO %s (target, migration, %s) VALUES (%s, %s) ON CONFLICT DO NOTHING"
                .formatted(database.table(table), column, key(id), value);
    }

    Optional<LeaseHolder> holder(String id) {
        return database
                .read(
                        "Migration " + id + ": reading its lease",
                        row -> new LeaseHolder(row.text("owner"), row.time("expires_at")),
                        """
                        SELECT owner, expires_at FROM %s
                        WHERE target = ? AND migration = ? AND expires_at > pg_catalog.clock_timestamp()"""
                                .formatted(database.table("control")),
                        database.sql().target(),
                        id)
                .stream()
                .findFirst();
    }

    boolean renew(Lease lease, Duration timeToLive) {
        List<Row> renewed = database.write(
                "Migration " + lease.migration() + ": renewing its lease",
                """
                UPDATE %s SET heartbeat_at = pg_catalog.clock_timestamp(),
                    expires_at = pg_catalog.clock_timestamp() + ? * interval '1 millisecond'
                WHERE target = ? AND migration = ? AND token = ? AND expires_at > '-infinity'
                RETURNING token"""
                        .formatted(database.table("control")),
                timeToLive.toMillis(),
                database.sql().target(),
                lease.migration(),
                lease.token());
        return !renewed.isEmpty();
    }

    void release(Lease lease) {
        database.write(
                "Migration " + lease.migration() + ": giving its lease back",
                """
                UPDATE %s SET expires_at = '-infinity'
                WHERE target = ? AND migration = ? AND token = ?"""
                        .formatted(database.table("control")),
                database.sql().target(),
                lease.migration(),
                lease.token());
    }

    /** Asking again with the same lease gives the same answer, so that a lost answer does no harm here. */
    Lease settle(Lease lease, Duration timeToLive) {
        String what = "Migration " + lease.migration() + ": settling what became of token " + lease.token();
        String statement = "SELECT %s(%s, %s, %s, %s) AS token"
                .formatted(
                        database.table("settle_lease"),
                        key(lease.migration()),
                        Literal.number(lease.token()),
                        Literal.text(lease.owner()),
                        interval(timeToLive));
        for (int tries = 0; tries < SETTLE_TRIES; tries++) {
            try {
                Row row = database.tryTransaction(List.of(turnstile(lease.migration()), statement))
                        .get(0);
                return new Lease(lease.migration(), row.number("token"), lease.owner());
            } catch (SQLException e) {
                if (SqlErrors.state(e).equals(SqlErrors.LEASE_LOST)) {
                    throw new LeaseLostException(lease);
                }
                if (!SqlErrors.state(e).equals(SqlErrors.LOCK_NOT_AVAILABLE)) {
                    throw StateDatabase.repeatable(database.failure(what, e));
                }
            }
        }
        throw new StepFailure(
                ErrorClass.TRANSIENT,
                SqlErrors.LOCK_NOT_AVAILABLE,
                what + ": a transaction of that token is still under way after " + SETTLE_TRIES
                        + " waits. Nothing was changed.",
                Optional.empty());
    }

    /** Waits for those who hold the token's row, and lets no others have it first. */
    private String turnstile(String id) {
        return "SELECT pg_catalog.pg_advisory_xact_lock(" + database.table("turnstile") + "(" + key(id) + "))";
    }

    private String key(String id) {
        return Literal.text(database.sql().target()) + ", " + Literal.text(id);
    }

    private static String interval(Duration duration) {
        return Literal.number(duration.toMillis()) + " * interval '1 millisecond'";
    }
}
