package dev.migrator.pg.internal.state;

import dev.migrator.Identifier;
import dev.migrator.Phase;
import dev.migrator.QualifiedName;
import dev.migrator.Shape;
import dev.migrator.engine.Lease;
import dev.migrator.engine.ReleaseGuard;
import dev.migrator.pg.internal.sql.Literal;

/**
 * Statements on the state schema for transactions that are sent as one message, so that their values are literals.
 *
 * <p>A step's transaction begins with {@link #fence} and ends with {@link #stepDone} or {@link #stepUndone}: the fence is
 * what makes a newer token wait for it, the record is what commits with it.
 *
 * @param schema the state schema
 * @param target what is migrated
 */
public record StateSql(Identifier schema, String target) {
    /** The whole database in which the state schema lies: not by its name, since it may be renamed, copied and restored. */
    public static final String DATABASE = "database";

    /** In the place of a shape: neither is taken away, but instances have to know the migration. */
    public static final String NO_SHAPE = "NOTHING";

    /** A table of the state schema. */
    public QualifiedName table(String name) {
        return new QualifiedName(schema, Identifier.of(name));
    }

    /**
     * Error {@code MG001} unless the lease's token is the newest; no newer one is given out before the transaction ends.
     * Waits, under the transaction's {@code lock_timeout}, while somebody is taking the lease.
     */
    public String fence(Lease lease) {
        return call("fence", key(lease) + ", " + Literal.number(lease.token()));
    }

    /** Records that a step is done, with its artifacts; error {@code MG002} if it is recorded so already. */
    public String stepDone(Lease lease, int ordinal) {
        return step("step_done", lease, ordinal);
    }

    /** Records that a step is undone, with its artifacts; error {@code MG002} if it is recorded as planned already. */
    public String stepUndone(Lease lease, int ordinal) {
        return step("step_undone", lease, ordinal);
    }

    /** Records that a step may be half done from now on; error {@code MG002} if it is recorded as done. */
    public String stepBegun(Lease lease, int ordinal) {
        return step("step_begun", lease, ordinal);
    }

    /**
     * Error {@code MG007} unless a worker has a range of a backfill; nobody else can take it before the transaction ends.
     *
     * @param chunk the range's number
     * @param worker the worker
     */
    public String holdChunk(Lease lease, int ordinal, int chunk, String worker) {
        return call(
                "hold_chunk",
                key(lease) + ", " + Literal.number(ordinal) + ", " + Literal.number(chunk) + ", "
                        + Literal.text(worker));
    }

    /**
     * Error {@code MG003} unless a query answers true.
     *
     * @param query a query of one boolean
     * @param what what should be so, for people
     */
    public String ensure(String query, String what) {
        // The line break ends a comment on the query's last line.
        return call("ensure", "(" + query + "\n), " + Literal.text(what));
    }

    /** An expression of type integer that is an error of that code about a row, and never a value. */
    public String refuseRow(String code, String why) {
        return table("refuse_row").quoted() + "(" + Literal.text(code) + ", " + Literal.text(why) + ")";
    }

    /** Runs a user's statements, which can't end the transaction that way. */
    public String run(String statements) {
        return call("run", Literal.text(statements));
    }

    /**
     * Error {@code MG004} if a relation was rewritten, so that its rows have changed place.
     *
     * @param relation the relation's oid
     * @param filenode its {@code pg_relation_filenode} when its rows' places were noted
     */
    public String sameFile(long relation, long filenode) {
        return call("same_file", Literal.number(relation) + ", " + Literal.number(filenode));
    }

    /** Runs a statement and takes it back; an error of the statement is one of the transaction. */
    public String trial(String statement) {
        return call("trial", Literal.text(statement));
    }

    /**
     * A line of history, unless the transaction fails. Holds the lock on the migration's history until the transaction
     * ends: the last statement but {@code COMMIT}.
     *
     * @param lease the lease, whose owner is named as the instance
     * @param release the release that runs the engine, or empty
     */
    public String event(Lease lease, String release, Phase phase, String event, String detail) {
        return """
                INSERT INTO %s (target, migration, phase, event, release, instance, detail)
                VALUES (%s, %s, %s, %s, %s, %s)"""
                .formatted(
                        table("phase_event").quoted(),
                        key(lease),
                        Literal.text(phase.name()),
                        Literal.text(event),
                        Literal.text(release),
                        Literal.text(lease.owner()),
                        Literal.text(detail));
    }

    /**
     * Error {@code MG009} if a live instance needs the shape that is taken away; until the transaction ends, none registers.
     * Waits, under the transaction's {@code lock_timeout}, for those who are doing so.
     */
    public String ensureReleased(String migration, ReleaseGuard guard) {
        return call(
                "ensure_released",
                Literal.text(target) + ", " + Literal.text(migration) + ", " + Literal.text(guard.checksum()) + ", "
                        + Literal.text(guard.taken().map(Shape::name).orElse(NO_SHAPE)) + ", "
                        + guard.minimum().map(Literal::text).orElse("NULL"));
    }

    /** The condition on a row of a table with the columns {@code target} and {@code migration}. */
    public String isOf(String migration) {
        return "target = " + Literal.text(target) + " AND migration = " + Literal.text(migration);
    }

    /** As {@link #isOf(String)}, on a table that goes by another name. */
    public String isOf(String alias, String migration) {
        return alias + ".target = " + Literal.text(target) + " AND " + alias + ".migration = "
                + Literal.text(migration);
    }

    /** The values of the columns {@code target} and {@code migration}. */
    public String key(Lease lease) {
        return Literal.text(target) + ", " + Literal.text(lease.migration());
    }

    private String step(String function, Lease lease, int ordinal) {
        return call(function, key(lease) + ", " + Literal.number(ordinal) + ", " + Literal.number(lease.token()));
    }

    private String call(String function, String arguments) {
        return "SELECT " + table(function).quoted() + "(" + arguments + ")";
    }
}
