package dev.migrator.pg.internal.sql;

import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.StepFailure;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * The class of a server's or driver's error, by SQLSTATE.
 *
 * <p>Source: PostgreSQL manual, appendix A.
 */
public final class SqlErrors {
    /** Raised by the state schema's functions: the lease's token is no longer the newest. */
    public static final String LEASE_LOST = "MG001";
    /** Raised by the state schema's functions: the step is recorded as done already. */
    public static final String ALREADY_DONE = "MG002";
    /** Raised by the state schema's functions: a step's own check of its effect failed. */
    public static final String NOT_AS_PLANNED = "MG003";
    /** Raised by the state schema's functions: the table was rewritten, its rows have changed place. */
    public static final String REWRITTEN = "MG004";

    /** Raised by the state schema's functions: another worker has taken the range. */
    public static final String CHUNK_LOST = "MG007";

    /** Raised before a queue is given up: rows are pending that the application has to compute. */
    public static final String PENDING_AGAIN = "MG008";

    /** A live instance of the application needs a shape that was to be taken away. */
    public static final String SHAPE_IN_USE = "MG009";

    /** The lease of an application instance has run out. */
    public static final String INSTANCE_EXPIRED = "MG010";

    /** An instance was to be registered in a transaction whose snapshot would be too old for that. */
    public static final String SNAPSHOT_TOO_OLD_TO_REGISTER = "MG011";

    public static final String UNDEFINED_COLUMN = "42703";
    public static final String UNDEFINED_TABLE = "42P01";
    public static final String READ_ONLY = "25006";
    public static final String SYNTAX_ERROR = "42601";
    public static final String NO_RIGHTS = "42501";
    public static final String LOCK_NOT_AVAILABLE = "55P03";
    public static final String QUERY_CANCELED = "57014";
    public static final String DEADLOCK = "40P01";
    public static final String SERIALIZATION = "40001";
    /** An earlier statement of the transaction failed; told instead of that one's error if a cancel came between the two. */
    public static final String ABORTED = "25P02";

    private static final Set<String> TRANSIENT_STATES = Set.of(
            LOCK_NOT_AVAILABLE,
            QUERY_CANCELED,
            DEADLOCK,
            SERIALIZATION,
            ABORTED,
            "55006", // object in use
            "57P03", // cannot connect now
            "53300", // too many connections
            "53400"); // configuration limit exceeded
    private static final Set<String> LOST_STATES = Set.of("57P01", "57P02", "57P05", "25P03", "25P04");

    private static final Set<String> DATA_CLASSES = Set.of("21", "22", "23", "2F", "38", "39", "54", "P0");

    private SqlErrors() {}

    /** The SQLSTATE, or an empty text. */
    public static String state(SQLException e) {
        return Optional.ofNullable(e.getSQLState()).orElse("");
    }

    /** The class of an error that happened while the server may already have been at work. */
    public static ErrorClass whileWorking(SQLException e) {
        String state = state(e);
        if (state.startsWith("08") || LOST_STATES.contains(state) || state.isEmpty()) {
            return ErrorClass.UNKNOWN;
        }
        return TRANSIENT_STATES.contains(state) ? ErrorClass.TRANSIENT : ErrorClass.PERMANENT;
    }

    /** The class of an error that happened while a connection was opened: nothing was sent yet. */
    public static ErrorClass whileConnecting(SQLException e) {
        String state = state(e);
        boolean never = state.startsWith("28") || state.startsWith("3D") || state.equals(NO_RIGHTS);
        return never ? ErrorClass.PERMANENT : ErrorClass.TRANSIENT;
    }

    /**
     * Whether an error says that this row's or statement's data can't be converted, breaks a constraint, made a function
     * fail, or is too large for something.
     */
    public static boolean isAboutData(SQLException e) {
        String state = state(e);
        return state.length() == 5 && DATA_CLASSES.contains(state.substring(0, 2));
    }

    /** A failure of work that had been sent to the server. */
    public static StepFailure failure(String what, SQLException e) {
        return new StepFailure(whileWorking(e), state(e), what + ": " + describe(e), Optional.of(e));
    }

    /** What the server said, without anything else. */
    public static String text(SQLException e) {
        return e instanceof PSQLException psql && psql.getServerErrorMessage() != null
                ? String.valueOf(psql.getServerErrorMessage().getMessage())
                : String.valueOf(e.getMessage());
    }

    /** What the server said, with its detail and hint, and the SQLSTATE. */
    public static String describe(SQLException e) {
        StringBuilder text = new StringBuilder();
        if (e instanceof PSQLException psql && psql.getServerErrorMessage() != null) {
            ServerErrorMessage server = psql.getServerErrorMessage();
            text.append(server.getMessage());
            append(text, " Detail: ", server.getDetail());
            append(text, " Hint: ", server.getHint());
        } else {
            text.append(e.getMessage());
        }
        text.append(" (SQLSTATE ").append(state(e)).append(')');
        if (state(e).equals(READ_ONLY)) {
            text.append(
                    ". The session is read-only: this is a standby, or default_transaction_read_only is set for it");
        }
        return text.toString();
    }

    private static void append(StringBuilder text, String label, @org.jspecify.annotations.Nullable String part) {
        if (part != null) {
            text.append(label).append(part);
        }
    }
}
