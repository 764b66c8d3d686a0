package dev.migrator.plan;

import dev.migrator.Identifier;
import dev.migrator.QualifiedName;
import java.util.List;
import java.util.Optional;

/**
 * What a {@link Step} does, or what its undo does. The kinds differ in how they may be run without hurting anybody, so
 * each is run by its own part of a {@link dev.migrator.engine.StepExecutor}.
 */
public sealed interface Action {

    /**
     * Short statements that run in one transaction, sent as one message, that takes its locks by the lock protocol and
     * never scans or rewrites a table while it holds them. The step's record commits with it.
     *
     * @param locks the locks, in the order in which they are taken: parents before children
     * @param statements the statements, in order
     */
    record Transaction(List<TableLock> locks, List<String> statements) implements Action {
        /** Copies the lists. */
        public Transaction {
            locks = List.copyOf(locks);
            statements = List.copyOf(statements);
        }
    }

    /**
     * One transaction that may run as long as a scan of the table takes, and therefore takes no lock that an application's
     * reads or writes conflict with. The step's record commits with it.
     *
     * @param locks the locks, none above {@code SHARE UPDATE EXCLUSIVE}
     * @param statements the statements, in order
     * @param proves the constraints, added by earlier steps of the phase, that hold for all rows after it; if a row breaks
     *     one, the engine takes those steps back, so that nothing stays in force that refuses the application's writes
     */
    record Scan(List<TableLock> locks, List<String> statements, List<Identifier> proves) implements Action {
        /** Copies the lists. */
        public Scan {
            locks = List.copyOf(locks);
            statements = List.copyOf(statements);
            proves = List.copyOf(proves);
        }

        /** A scan that proves no constraint of an earlier step. */
        public Scan(List<TableLock> locks, List<String> statements) {
            this(locks, statements, List.of());
        }
    }

    /**
     * An index that is built without blocking writes, outside of any transaction, under a name that carries the lease's
     * token, and published under its own name by a fenced rename.
     *
     * @param table the table
     * @param name the name under which it is published
     * @param unique whether it is a unique index
     * @param definition all that follows the table's name in {@code CREATE INDEX}: {@code USING btree (…) INCLUDE (…) WHERE …}
     */
    record BuildIndex(QualifiedName table, Identifier name, boolean unique, String definition) implements Action {}

    /**
     * An index that is dropped without blocking writes, outside of any transaction; an index that is gone already is fine.
     *
     * @param table the table
     * @param name the index, in the table's schema
     */
    record DropIndex(QualifiedName table, Identifier name) implements Action {}

    /**
     * Fills the new shape of the rows that no release has written since EXPAND, in small transactions over ranges of the
     * table's blocks. Its progress commits with the rows that it counts.
     *
     * @param table the table
     * @param assignments what an {@code UPDATE … SET} of one row says, the marker's transition included
     * @param pending the condition on a row that still has to be filled
     * @param skipsUserTriggers whether the table's own triggers are left out, by {@code session_replication_role}
     * @param computation what the application computes; empty: the server does, by the assignments. Else these take a row
     *     over into the queue of the computation, for when it can't be computed at once
     */
    record Backfill(
            QualifiedName table,
            String assignments,
            String pending,
            boolean skipsUserTriggers,
            Optional<Computation> computation)
            implements Action {

        /** A backfill whose values the server computes. */
        public Backfill(QualifiedName table, String assignments, String pending, boolean skipsUserTriggers) {
            this(table, assignments, pending, skipsUserTriggers, Optional.empty());
        }

        /** A backfill whose updates fire the table's own triggers, as any update does. */
        public Backfill(QualifiedName table, String assignments, String pending) {
            this(table, assignments, pending, false);
        }
    }

    /**
     * A column that the application computes. A row is pending while its marker is even: 0 if no release has written it since
     * EXPAND; else it stands in the queue, and the marker tells which transaction made it pending, so that a value that was
     * computed from what the row no longer says is not written.
     *
     * @param transform the name of the application's function
     * @param column the column
     * @param type its type without modifiers, to which a text is cast
     * @param inputs the columns that the function is given
     * @param key the primary key
     * @param marker the marker column
     * @param queue the table of rows that have become pending since EXPAND, by their keys {@code k1}, {@code k2}, …
     */
    record Computation(
            String transform,
            Identifier column,
            String type,
            List<Identifier> inputs,
            List<Identifier> key,
            Identifier marker,
            QualifiedName queue) {
        /** Copies the lists. */
        public Computation {
            inputs = List.copyOf(inputs);
            key = List.copyOf(key);
        }
    }

    /**
     * Computes what is queued until nothing is pending, and then, in one short transaction under its locks in which that is
     * seen again, runs its statements. The step's record commits with them.
     *
     * @param table the table
     * @param computation what is computed
     * @param skipsUserTriggers whether the table's own triggers are left out while values are written
     * @param locks the locks of the transaction
     * @param statements its statements, in order
     */
    record CatchUp(
            QualifiedName table,
            Computation computation,
            boolean skipsUserTriggers,
            List<TableLock> locks,
            List<String> statements)
            implements Action {
        /** Copies the lists. */
        public CatchUp {
            locks = List.copyOf(locks);
            statements = List.copyOf(statements);
        }
    }

    /**
     * Reads every row once and proves that its two shapes agree; changes nothing.
     *
     * @param table the table
     * @param key the columns that name a row to people; empty: the row's place in the table is shown
     * @param rules what is looked for, each with a condition that is true for a row that must not exist
     */
    record Compare(QualifiedName table, List<Identifier> key, List<Violation> rules) implements Action {
        /** Copies the lists. */
        public Compare {
            key = List.copyOf(key);
            rules = List.copyOf(rules);
        }
    }

    /**
     * A condition that no row may meet.
     *
     * @param name what such a row is, for people: {@code pending}, {@code failed}, {@code full_name differs from up}
     * @param condition the SQL condition on the row
     * @param remedy what to do with such rows, as a sentence without its full stop; empty where there is no better advice
     *     than to mend them
     */
    record Violation(String name, String condition, String remedy) {

        /** A condition without advice of its own. */
        public Violation(String name, String condition) {
            this(name, condition, "");
        }
    }

    /**
     * The user's own statements, run one by one outside of any transaction. They must be idempotent: after a crash the
     * whole list runs again.
     *
     * @param statements the statements, in order
     */
    record Script(List<String> statements) implements Action {
        /** Copies the list. */
        public Script {
            statements = List.copyOf(statements);
        }
    }

    /**
     * Something that must hold before a rollback undoes anything, and that can be seen at once; changes nothing.
     *
     * @param query a query for one boolean
     * @param otherwise what is the matter if it is not true, and what to do about it, as sentences for people
     */
    record Require(String query, String otherwise) implements Action {}

    /** Nothing is to be done, as the undo of a step whose effect another step's undo takes away. */
    record Nothing() implements Action {}

    /**
     * There is no way back over this step.
     *
     * @param reason why not, for people
     */
    record Irreversible(String reason) implements Action {}
}
