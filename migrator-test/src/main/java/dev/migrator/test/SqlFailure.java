package dev.migrator.test;

import java.sql.SQLException;
import java.util.Objects;

/** A statement of a test that failed; unchecked, so that tests and their lambdas stay short. */
public final class SqlFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String sqlState;

    SqlFailure(String what, SQLException cause) {
        super("Failed: " + what + "\n" + cause.getMessage(), cause);
        this.sqlState = Objects.requireNonNullElse(cause.getSQLState(), "");
    }

    /** The SQLSTATE, e.g. {@code 55P03}; empty text if the driver gave none. */
    public String sqlState() {
        return sqlState;
    }
}
