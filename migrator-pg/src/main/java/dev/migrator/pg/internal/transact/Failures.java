package dev.migrator.pg.internal.transact;

import dev.migrator.MigratorException;
import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.LeaseLostException;
import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.sql.SqlErrors;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** What an error of the server means for a step. */
public final class Failures {
    private static final Set<String> WORTH_ANOTHER_TRY =
            Set.of(SqlErrors.LOCK_NOT_AVAILABLE, SqlErrors.DEADLOCK, SqlErrors.QUERY_CANCELED, SqlErrors.SERIALIZATION);

    private Failures() {}

    /** Whether a transaction of ours failed only because of what others were doing, or by our own time limits. */
    public static boolean isWorthAnotherTry(SQLException e) {
        return WORTH_ANOTHER_TRY.contains(SqlErrors.state(e));
    }

    /** Whether the step turned out to be recorded already. */
    public static boolean isAlreadyDone(SQLException e) {
        return SqlErrors.state(e).equals(SqlErrors.ALREADY_DONE);
    }

    /** The exception for the engine about an error that ends this attempt at a step. */
    public static MigratorException of(Task task, SQLException e) {
        String state = SqlErrors.state(e);
        if (state.equals(SqlErrors.LEASE_LOST)) {
            return new LeaseLostException(task.lease());
        } else if (state.equals(SqlErrors.NOT_AS_PLANNED)) {
            return permanent(
                    state,
                    "the step ran and its effect is not what was planned, so it was taken back whole: "
                            + SqlErrors.describe(e)
                            + " Nothing was changed. Compare the table with the plan, then run migrate again.",
                    e);
        }
        if (state.equals(SqlErrors.SHAPE_IN_USE)) {
            return new StepFailure(
                    ErrorClass.IN_USE,
                    state,
                    SqlErrors.text(e) + " (registered after the gate was open). Nothing was changed.",
                    Optional.of(e));
        }
        return switch (SqlErrors.whileWorking(e)) {
            case IN_USE, PERMANENT ->
                permanent(
                        state,
                        "the server refused the step's transaction: " + SqlErrors.describe(e)
                                + " Nothing of this transaction remains. Mend what it says, then run migrate again; if the"
                                + " mistake is in the migration's file, roll back before you correct it.",
                        e);
            case TRANSIENT -> SqlErrors.failure("the step can't run now", e);
            case UNKNOWN -> SqlErrors.failure("the connection was lost in the middle of the step", e);
        };
    }

    public static StepFailure permanent(String sqlState, String message, SQLException cause) {
        return new StepFailure(ErrorClass.PERMANENT, sqlState, message, Optional.of(cause));
    }

    public static StepFailure permanent(String sqlState, String message) {
        return new StepFailure(ErrorClass.PERMANENT, sqlState, message, Optional.empty());
    }

    /** A duration for people. */
    public static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 1000) {
            return millis + " ms";
        } else if (millis < 120_000) {
            long tenths = millis % 1000 / 100;
            return millis / 1000 + (tenths == 0 ? "" : "." + tenths) + " s";
        }
        return millis < 7_200_000 ? millis / 60_000 + " min" : millis / 3_600_000 + " h";
    }
}
