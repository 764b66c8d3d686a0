package dev.migrator.pg.state;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.migrator.test.SqlFailure;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** The SQLSTATE with which a test's own statement is refused. */
final class SqlStates {
    private SqlStates() {}

    static String of(ThrowingCallable statement) {
        SqlFailure failure = catchThrowableOfType(SqlFailure.class, statement);
        return failure == null ? "" : failure.sqlState();
    }
}
