package dev.migrator.pg.internal.execute;

import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.sql.SqlErrors;
import dev.migrator.pg.internal.transact.Message;
import dev.migrator.plan.Action;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** A look at what a rollback requires, within a limit of time; changes nothing. */
public final class RequirementLook {
    private final DataSource source;
    private final Duration limit;

    /**
     * Makes a look.
     *
     * @param limit how long it may take
     */
    public RequirementLook(DataSource source, Duration limit) {
        this.source = source;
        this.limit = limit;
    }

    /**
     * Whether it is so now.
     *
     * @throws StepFailure if it can't be seen, or not in time
     */
    public boolean at(Action.Require requirement) {
        return Session.with(source, session -> {
            try {
                return Message.limitedTo(limit)
                        .then("SET TRANSACTION READ ONLY")
                        .then("SELECT (" + requirement.query() + "\n) AS holds")
                        .send(session)
                        .get(0)
                        .isTrue("holds");
            } catch (SQLException e) {
                throw SqlErrors.failure("Looking whether " + requirement.query(), e);
            }
        });
    }
}
