package dev.migrator.pg.internal.transact;

import dev.migrator.pg.internal.sql.Literal;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A transaction that is sent as one message, put together statement by statement.
 *
 * <p>It says for itself what a role's or database's settings could otherwise decide: how it is isolated (a repeatable read
 * would check the token in a snapshot that is too old), how long it may wait, and that its COMMIT waits for no standby.
 */
public final class Message {
    private static final Duration STATE_LOCKS = Duration.ofSeconds(1);
    private static final Duration IDLE = Duration.ofSeconds(5);

    private final List<String> statements = new ArrayList<>();

    private Message() {}

    /** A transaction whose statements are limited to this time each; zero: not limited. */
    public static Message limitedTo(Duration statement) {
        return new Message()
                .then("SET TRANSACTION ISOLATION LEVEL READ COMMITTED READ WRITE")
                // On, COMMIT would wait for a standby that does not answer with all its locks held, those of rows too;
                // off, a crash of the server could take back what the engine has gone on from.
                .set("synchronous_commit", "local")
                .set("lock_timeout", STATE_LOCKS)
                .set("statement_timeout", statement)
                .set("idle_in_transaction_session_timeout", IDLE);
    }

    public Message set(String name, Duration value) {
        return set(name, value.toMillis() + "ms");
    }

    public Message set(String name, String value) {
        return then("SET LOCAL " + name + " = " + Literal.text(value));
    }

    public Message then(String statement) {
        statements.add(statement);
        return this;
    }

    public Message then(List<String> more) {
        statements.addAll(more);
        return this;
    }

    /** Sends it; see {@link Session#message}. */
    public List<Row> send(Session session) throws SQLException {
        return session.message(statements);
    }
}
