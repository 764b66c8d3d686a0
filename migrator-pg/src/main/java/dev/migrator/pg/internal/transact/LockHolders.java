package dev.migrator.pg.internal.transact;

import dev.migrator.QualifiedName;
import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.sql.SqlErrors;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.TableLock;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** Says who kept a reader of the catalog waiting, which no ladder looks after. */
public final class LockHolders {
    private LockHolders() {}

    /**
     * The failure, with the names of those who hold up every reader of some tables now, if it is about a lock and there are
     * any.
     */
    public static StepFailure named(DataSource source, StepFailure failure, Collection<QualifiedName> tables) {
        if (!failure.sqlState().equals(SqlErrors.LOCK_NOT_AVAILABLE)) {
            return failure;
        }
        List<TableLock> locks = tables.stream()
                .map(table -> new TableLock(table, LockMode.ACCESS_SHARE))
                .toList();
        List<Blocker> blockers = Session.with(source, session -> Blockers.find(session, locks));
        if (blockers.isEmpty()) {
            return failure;
        }
        return new StepFailure(
                failure.errorClass(),
                failure.sqlState(),
                failure.getMessage() + " In the way: "
                        + blockers.stream().map(Blocker::describe).collect(Collectors.joining("; ")) + ".",
                Optional.of(failure));
    }
}
