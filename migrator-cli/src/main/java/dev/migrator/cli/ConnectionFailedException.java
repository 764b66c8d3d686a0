package dev.migrator.cli;

import dev.migrator.MigratorException;
import java.sql.SQLException;
import java.util.Optional;

/** The database could not be reached, or did not let the user in. */
final class ConnectionFailedException extends MigratorException {
    private static final long serialVersionUID = 1L;

    ConnectionFailedException(String place, Throwable cause) {
        super(message(place, cause), cause);
    }

    private static String message(String place, Throwable cause) {
        Optional<SQLException> root = root(cause);
        String state = root.map(SQLException::getSQLState).orElse("");
        String reason = root.map(Throwable::getMessage).orElseGet(() -> String.valueOf(cause.getMessage()));
        return "No connection to " + place + ": " + reason + (state.isEmpty() ? "" : " (SQLSTATE " + state + ")")
                + "\nNothing was done. " + remedy(state);
    }

    private static Optional<SQLException> root(Throwable cause) {
        Optional<SQLException> found = Optional.empty();
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof SQLException sql) {
                found = Optional.of(sql);
            }
        }
        return found;
    }

    private static String remedy(String state) {
        if (state.startsWith("28") || state.equals("08004")) {
            return "Give the user by --user or MIGRATOR_USER, and the password in MIGRATOR_PASSWORD or ~/.pgpass.";
        } else if (state.startsWith("3D")) {
            return "Name a database of that server in the URL.";
        } else if (state.startsWith("53") || state.startsWith("57P")) {
            return "Try again when the server takes connections.";
        }
        return "Check that a server listens there, and the host and port in the URL.";
    }
}
