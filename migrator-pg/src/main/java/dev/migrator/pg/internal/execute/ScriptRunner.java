package dev.migrator.pg.internal.execute;

import dev.migrator.engine.Pace;
import dev.migrator.pg.internal.sql.SqlErrors;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.pg.internal.transact.ExecutorSettings;
import dev.migrator.pg.internal.transact.Failures;
import dev.migrator.pg.internal.transact.Ladder;
import dev.migrator.pg.internal.transact.Task;
import dev.migrator.pg.internal.transact.TransactionRunner;
import dev.migrator.pg.internal.transact.Way;
import dev.migrator.plan.Action;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/**
 * Runs a user's statements one by one outside of any transaction.
 *
 * <p>A statement that says {@code CONCURRENTLY}, or that is one of {@code VACUUM}'s kind, waits for its locks as long as it
 * takes, because it stops nobody meanwhile and is broken off badly. Any other one gets the ladder's short tries.
 */
final class ScriptRunner {
    private static final Pattern GENTLE =
            Pattern.compile("\\bconcurrently\\b|^\\W*(vacuum|analyze|checkpoint)\\b", Pattern.CASE_INSENSITIVE);

    private final StateSql sql;
    private final ExecutorSettings settings;
    private final Pace pace;
    private final TransactionRunner transactions;
    private final Concurrently concurrently;
    private final DataSource direct;

    ScriptRunner(
            DataSource direct,
            StateSql sql,
            ExecutorSettings settings,
            Pace pace,
            TransactionRunner transactions,
            Concurrently concurrently) {
        this.direct = direct;
        this.sql = sql;
        this.settings = settings;
        this.pace = pace;
        this.transactions = transactions;
        this.concurrently = concurrently;
    }

    void run(Task task, Action.Script script) {
        if (!begin(task)) {
            return;
        }
        int number = 0;
        for (String statement : script.statements()) {
            number++;
            task.control().checkpoint();
            // Nothing fences the statement itself: at least it is not begun after the lease was lost.
            transactions.exchange(task, List.of(), List.of(), List.of(), Optional.of(settings.lockDeadline()));
            try {
                runOne(task, statement);
            } catch (SQLException e) {
                if (Failures.isWorthAnotherTry(e)) {
                    throw Failures.of(task, e);
                }
                throw SqlErrors.failure(
                        "statement " + number + " of " + script.statements().size() + " failed, those"
                                + " before it have taken effect and run again the next time",
                        e);
            }
        }
        transactions.run(task, List.of(), List.of());
    }

    private boolean begin(Task task) {
        if (task.way() == Way.FORWARD) {
            List<String> begun = new ArrayList<>(task.guarded(sql));
            begun.add(sql.stepBegun(task.lease(), task.ordinal()));
            return transactions
                    .exchange(task, List.of(), begun, List.of(), Optional.of(settings.lockDeadline()))
                    .isPresent();
        }
        String status = "SELECT status FROM " + sql.table("step").quoted() + " WHERE " + task.isMine(sql);
        return transactions
                .exchange(task, List.of(), task.guarded(sql), List.of(status), Optional.of(settings.lockDeadline()))
                .filter(rows -> !rows.isEmpty() && !rows.get(0).text("status").equals("PLANNED"))
                .isPresent();
    }

    private void runOne(Task task, String statement) throws SQLException {
        if (GENTLE.matcher(statement.toLowerCase(Locale.ROOT)).find()) {
            concurrently.run(task, HoldUps.Wait.toGoOn(), statement);
            return;
        }
        Ladder ladder = new Ladder(settings, List.of(), Optional.of(settings.lockDeadline()));
        while (true) {
            long begun = System.nanoTime();
            Duration pause;
            try (DirectSession session =
                    DirectSession.open(direct, String.valueOf(ladder.stall().toMillis()))) {
                session.session().plain(statement);
                return;
            } catch (SQLException e) {
                if (!SqlErrors.state(e).equals(SqlErrors.LOCK_NOT_AVAILABLE)) {
                    throw e;
                }
                pause = ladder.pauseAfter(e, Duration.ZERO);
            }
            ladder.spend(Duration.ofNanos(System.nanoTime() - begun));
            ladder.checkDeadline();
            pace.pause(pause);
            ladder.spend(pause);
            task.control().checkpoint();
        }
    }
}
