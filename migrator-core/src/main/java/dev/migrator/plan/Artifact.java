package dev.migrator.plan;

import dev.migrator.Identifier;
import dev.migrator.QualifiedName;

/**
 * An object that a migration makes, or sets aside, recorded before it exists so that nothing can be left behind unknown.
 *
 * @param kind what it is
 * @param table the table that it belongs to
 * @param name its name; a function's and a table's lie in the state schema, the others' in the table's schema or in the table
 * @param helper whether it exists for the migrator only and must be gone after PURGE and after a rollback
 */
public record Artifact(Kind kind, QualifiedName table, Identifier name, boolean helper) {

    /** What an artifact is. */
    public enum Kind {
        /** A column of the table. */
        COLUMN,
        /** An index on the table. */
        INDEX,
        /** A constraint of the table. */
        CONSTRAINT,
        /** A trigger on the table. */
        TRIGGER,
        /** A function in the state schema. */
        FUNCTION,
        /** Extended statistics on the table. */
        STATISTICS,
        /** A sequence in the table's schema. */
        SEQUENCE,
        /** A table in the state schema. */
        TABLE
    }
}
