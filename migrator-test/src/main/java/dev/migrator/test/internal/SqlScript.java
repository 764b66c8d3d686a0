package dev.migrator.test.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * SQL that is run as one message.
 *
 * @param name where it comes from
 * @param sql the statements
 */
public record SqlScript(String name, String sql) {

    /** The script of a file. */
    public static SqlScript read(Path file) {
        try {
            return new SqlScript(file.toString(), Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException("Can't read " + file, e);
        }
    }

    /** Where it failed: {@code schema.sql:12} where the server has told the place. */
    public String place(Throwable failure) {
        int position =
                serverMessage(failure).map(ServerErrorMessage::getPosition).orElse(0);
        // The server counts characters from 1.
        return position < 1
                ? name
                : name + ":"
                        + (sql.codePoints()
                                        .limit(position - 1L)
                                        .filter(c -> c == '\n')
                                        .count()
                                + 1);
    }

    /** What the server has said, on one line. */
    public String message(Throwable failure) {
        return serverMessage(failure)
                .map(message -> message.getSeverity() + " " + message.getSQLState() + ": " + message.getMessage())
                .orElseGet(() -> String.valueOf(failure.getMessage()));
    }

    private static Optional<ServerErrorMessage> serverMessage(Throwable failure) {
        return failure.getCause() instanceof PSQLException cause
                ? Optional.ofNullable(cause.getServerErrorMessage())
                : Optional.empty();
    }
}
