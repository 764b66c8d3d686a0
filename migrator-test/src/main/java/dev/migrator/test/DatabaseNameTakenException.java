package dev.migrator.test;

/** Two tests want a database of the same name at the same time, or an earlier run has left one behind. */
public final class DatabaseNameTakenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DatabaseNameTakenException(String name, PostgresServer server, SqlFailure cause) {
        super(
                ("There is a database named \"%s\" on %s already: another test that runs now uses that name, or an earlier run has"
                                + " left it. Leave the name out, so that each test gets a database of its own; or let the tests run one"
                                + " after the other; or, if nobody uses it, drop it.")
                        .formatted(name, server),
                cause);
    }
}
