package dev.migrator.pg.internal.execute;

import dev.migrator.Identifier;
import dev.migrator.QualifiedName;
import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.LeaseLostException;
import dev.migrator.engine.PausedException;
import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.execute.IndexAttempts.Found;
import dev.migrator.pg.internal.execute.IndexAttempts.Seen;
import dev.migrator.pg.internal.sql.Literal;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.SqlErrors;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.pg.internal.transact.Failures;
import dev.migrator.pg.internal.transact.Task;
import dev.migrator.pg.internal.transact.TransactionRunner;
import dev.migrator.pg.internal.transact.Way;
import dev.migrator.plan.Action;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.TableLock;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Builds an index without blocking anybody, exactly once, whatever dies on the way.
 *
 * <ol>
 *   <li>Look for earlier attempts under a lock that every build holds from its beginning to its end: none is being built while
 *       we look, a live one is waited for.
 *   <li>One that is complete is taken; the others are dropped.
 *   <li>Else record a name that carries our token, then build under that name.
 *   <li>Publish: one transaction checks the token, records the step, renames the index and checks that it is valid.
 * </ol>
 *
 * <p>An engine that has lost its lease in between can't publish, and drops only what bears its own token.
 */
final class IndexBuilder {
    // An attempt of an older token can be dropped by its own engine while we publish it.
    private static final int MOST_ROUNDS = 5;
    private static final Set<String> ATTEMPT_IS_GONE = Set.of("42704", "42P01", SqlErrors.NOT_AS_PLANNED);

    private final StateSql sql;
    private final TransactionRunner transactions;
    private final Concurrently concurrently;

    IndexBuilder(StateSql sql, TransactionRunner transactions, Concurrently concurrently) {
        this.sql = sql;
        this.transactions = transactions;
        this.concurrently = concurrently;
    }

    void build(Task task, Action.BuildIndex build) {
        IndexAttempts names = new IndexAttempts(sql, task.lease(), build.table(), build.name());
        for (int round = 1; ; round++) {
            try {
                buildOnce(task, build, names);
                return;
            } catch (StepFailure e) {
                if (!ATTEMPT_IS_GONE.contains(e.sqlState()) || round == MOST_ROUNDS) {
                    throw e;
                }
            }
        }
    }

    private void buildOnce(Task task, Action.BuildIndex build, IndexAttempts names) {
        Optional<Seen> look = look(transactions, sql, task, build.table(), names);
        if (look.isEmpty()) {
            return;
        }
        Seen seen = look.get();
        if (seen.published().isPresent()) {
            finishPublished(task, build, names, seen.published().get());
            return;
        }
        String definition = (build.unique() ? "UNIQUE " : "") + build.definition();
        Optional<Found> usable = seen.attempts().stream()
                .filter(attempt -> attempt.complete() && isSame(task, attempt, definition))
                .findFirst();
        dropOthers(task, names, seen.attempts(), usable);
        if (usable.isEmpty()) {
            transactions.exchange(
                    task, List.of(), names.record(names.buildName(), definition), List.of(), Optional.empty());
            create(task, build, names);
        }
        publish(task, build, names, usable.map(Found::name).orElse(names.buildName()));
    }

    /** What was set aside to be dropped is, on the way back, the very index that is wanted. */
    private static boolean isSame(Task task, Found attempt, String definition) {
        return attempt.definition().equals(definition)
                || (task.way() == Way.BACK && attempt.definition().isEmpty());
    }

    /** Looks for attempts; empty if the step is recorded as done, or undone, already. */
    static Optional<Seen> look(
            TransactionRunner transactions, StateSql sql, Task task, QualifiedName table, IndexAttempts names) {
        List<String> begun = new ArrayList<>();
        if (task.way() == Way.FORWARD) {
            begun.addAll(task.guarded(sql));
            begun.add(sql.stepBegun(task.lease(), task.ordinal()));
        }
        List<TableLock> lock = List.of(new TableLock(table, LockMode.SHARE_UPDATE_EXCLUSIVE));
        Optional<List<Row>> rows =
                transactions.exchange(task, lock, begun, List.of(names.look(task)), Optional.empty());
        return rows.map(Seen::of)
                .filter(seen -> task.way() == Way.FORWARD || !seen.status().equals("PLANNED"));
    }

    /** The name is taken. On the way back that is the index which the step, half done, has not yet touched. */
    private void finishPublished(Task task, Action.BuildIndex build, IndexAttempts names, Found published) {
        if (task.way() == Way.BACK && published.complete()) {
            transactions.run(task, List.of(), List.of(names.allGone()));
            return;
        }
        throw Failures.permanent(
                "42P07",
                "there is a " + (published.complete() ? "relation" : "broken index or another relation") + " named "
                        + build.name() + " in schema " + build.table().schema()
                        + " already, which this step has not made. Nothing was changed. Rename or drop it, then run"
                        + " migrate again.");
    }

    private void dropOthers(Task task, IndexAttempts names, List<Found> attempts, Optional<Found> kept) {
        for (Found attempt : attempts) {
            if (kept.isPresent() && kept.get().equals(attempt)) {
                continue;
            }
            try {
                concurrently.run(
                        task,
                        HoldUps.Wait.toDropIndex(names.table()),
                        "DROP INDEX CONCURRENTLY IF EXISTS " + names.quoted(attempt.name()));
            } catch (SQLException e) {
                throw Failures.of(task, e);
            }
            transactions.tryExchange(task, List.of(names.gone(attempt.name())));
        }
    }

    private void create(Task task, Action.BuildIndex build, IndexAttempts names) {
        Identifier name = names.buildName();
        try {
            concurrently.run(
                    task,
                    HoldUps.Wait.toCreateIndex(build.table()),
                    "CREATE " + (build.unique() ? "UNIQUE " : "") + "INDEX CONCURRENTLY " + name.quoted() + " ON "
                            + build.table().quoted() + " " + build.definition());
        } catch (PausedException e) {
            clean(task, names);
            throw e;
        } catch (SQLException e) {
            if (SqlErrors.whileWorking(e) == ErrorClass.UNKNOWN) {
                // The build may still go on at the server; the next attempt looks before it does anything.
                throw Failures.of(task, e);
            }
            clean(task, names);
            if (SqlErrors.state(e).equals("23505")) {
                throw Failures.permanent(
                        "23505",
                        "the unique index " + build.name() + " on " + build.table()
                                + " can't be built, because rows have the same key: " + SqlErrors.describe(e)
                                + " The attempt was dropped, nothing is left of it. Mend these rows, then run migrate"
                                + " again.",
                        e);
            }
            throw Failures.of(task, e);
        }
    }

    private void publish(Task task, Action.BuildIndex build, IndexAttempts names, Identifier built) {
        String published = names.quoted(build.name());
        List<String> statements = new ArrayList<>();
        // The rename comes first: it waits for whoever drops the index, and fails after that.
        statements.add("ALTER INDEX " + names.quoted(built) + " RENAME TO "
                + build.name().quoted());
        statements.add(sql.ensure(
                "SELECT x.indisvalid AND x.indisready AND x.indislive FROM pg_catalog.pg_index AS x"
                        + " WHERE x.indexrelid = pg_catalog.to_regclass("
                        + Literal.text(published) + ")",
                "index " + build.name() + " is valid"));
        statements.add(names.published(built));
        statements.add(names.allGone());
        try {
            transactions.run(task, List.of(), statements);
        } catch (LeaseLostException e) {
            if (built.equals(names.buildName())) {
                concurrently.tryDrop(task, names.quoted(built));
            }
            throw e;
        } catch (StepFailure e) {
            if (e.errorClass() == ErrorClass.IN_USE && build.unique()) {
                // It would refuse what those write who have come while it was built.
                clean(task, names);
            }
            throw e;
        }
    }

    private void clean(Task task, IndexAttempts names) {
        concurrently.tryDrop(task, names.quoted(names.buildName()));
        transactions.tryExchange(task, List.of(names.gone(names.buildName())));
    }
}
