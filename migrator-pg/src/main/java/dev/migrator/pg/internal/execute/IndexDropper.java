package dev.migrator.pg.internal.execute;

import dev.migrator.Identifier;
import dev.migrator.pg.internal.execute.IndexAttempts.Found;
import dev.migrator.pg.internal.execute.IndexAttempts.Seen;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.pg.internal.transact.Failures;
import dev.migrator.pg.internal.transact.Task;
import dev.migrator.pg.internal.transact.TransactionRunner;
import dev.migrator.pg.internal.transact.Way;
import dev.migrator.plan.Action;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Drops an index without blocking anybody, and all that earlier attempts left.
 *
 * <p>The published name is never dropped: a fenced transaction first renames the index to a name that carries the token, and
 * that is dropped. So a drop that arrives late, from an engine that lost its lease, can't hit an index that another one has
 * built since (experiment 10).
 */
final class IndexDropper {
    private final StateSql sql;
    private final TransactionRunner transactions;
    private final Concurrently concurrently;

    IndexDropper(StateSql sql, TransactionRunner transactions, Concurrently concurrently) {
        this.sql = sql;
        this.transactions = transactions;
        this.concurrently = concurrently;
    }

    void drop(Task task, Action.DropIndex drop) {
        IndexAttempts names = new IndexAttempts(sql, task.lease(), drop.table(), drop.name());
        Optional<Seen> look = IndexBuilder.look(transactions, sql, task, drop.table(), names);
        if (look.isEmpty()) {
            return;
        }
        Set<Identifier> doomed = new TreeSet<>();
        look.get().attempts().stream().map(Found::name).forEach(doomed::add);
        if (look.get().published().isPresent() && isOurs(task, look.get())) {
            setAside(task, drop, names, look.get().published().get());
            doomed.add(names.dropName());
        }
        for (Identifier name : doomed) {
            try {
                concurrently.run(
                        task,
                        HoldUps.Wait.toDropIndex(drop.table()),
                        "DROP INDEX CONCURRENTLY IF EXISTS " + names.quoted(name));
            } catch (SQLException e) {
                throw Failures.of(task, e);
            }
        }
        transactions.run(task, List.of(), List.of(names.allGone()));
    }

    /** Whether the step may drop what bears the name: on the way back only what the step itself has published. */
    private static boolean isOurs(Task task, Seen seen) {
        return task.way() == Way.FORWARD || seen.status().equals("DONE");
    }

    private void setAside(Task task, Action.DropIndex drop, IndexAttempts names, Found index) {
        if (!index.droppable()) {
            throw Failures.permanent(
                    "",
                    drop.name() + " in schema " + drop.table().schema() + " is no index of " + drop.table()
                            + " that can be dropped by itself: it is another relation, spans partitions, or a constraint"
                            + " stands on it. Nothing was changed.");
        }
        // A cancel may be told although the transaction has committed; then the next try finds the index renamed.
        transactions.exchange(
                task,
                List.of(),
                names.record(names.dropName(), ""),
                List.of("ALTER INDEX IF EXISTS " + names.quoted(drop.name()) + " RENAME TO "
                        + names.dropName().quoted()),
                Optional.empty());
    }
}
