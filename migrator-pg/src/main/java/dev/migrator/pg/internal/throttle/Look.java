package dev.migrator.pg.internal.throttle;

import dev.migrator.QualifiedName;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One look at the server, on a connection of its own. What several signals ask for is asked once. */
final class Look {
    private static final Duration LIMIT = Duration.ofSeconds(1);

    private final Session session;
    private final QualifiedName table;
    private final Ours ours;
    private final Instant now;
    private final long nanos = System.nanoTime();
    private final Map<String, List<Row>> asked = new HashMap<>();

    Look(Session session, QualifiedName table, Ours ours, Instant now) {
        this.session = session;
        this.table = table;
        this.ours = ours;
        this.now = now;
    }

    /** The table that is filled. */
    QualifiedName table() {
        return table;
    }

    /** Which sessions are ours. */
    Ours ours() {
        return ours;
    }

    /** The time, by the application's clock. */
    Instant now() {
        return now;
    }

    /** The time of this look on a clock that only goes forward. */
    long nanos() {
        return nanos;
    }

    /** The rows of a query; the same ones if it is asked for again. */
    List<Row> rows(String query) throws SQLException {
        List<Row> known = asked.get(query);
        if (known == null) {
            known = rows(query, LIMIT);
            asked.put(query, known);
        }
        return known;
    }

    /** The rows of a query that is asked anew, read-only, under a limit of its own. */
    List<Row> rows(String query, Duration limit) throws SQLException {
        return session.message(List.of(
                "SET TRANSACTION ISOLATION LEVEL READ COMMITTED READ ONLY",
                "SET LOCAL statement_timeout = " + limit.toMillis(),
                "SET LOCAL lock_timeout = " + limit.toMillis(),
                "SET LOCAL idle_in_transaction_session_timeout = '5s'",
                query));
    }

    /** The only row of a query. */
    Row row(String query) throws SQLException {
        return rows(query).get(0);
    }
}
