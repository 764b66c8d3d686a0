package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.QualifiedName;
import dev.migrator.pg.internal.sql.Literal;

/** Queries by which a step sees that it is done. */
final class Done {
    private Done() {}

    private static String oid(QualifiedName table) {
        return "pg_catalog.to_regclass(" + Literal.text(table.quoted()) + ")";
    }

    static String hasColumn(QualifiedName table, Identifier column) {
        return "SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = " + oid(table) + " AND attname = "
                + Literal.text(column.value()) + " AND NOT attisdropped)";
    }

    static String hasNoColumn(QualifiedName table, Identifier column) {
        return "SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = " + oid(table)
                + " AND attname = " + Literal.text(column.value()) + " AND NOT attisdropped)";
    }

    static String isNotNull(QualifiedName table, Identifier column) {
        return "SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = " + oid(table) + " AND attname = "
                + Literal.text(column.value()) + " AND attnotnull)";
    }

    static String hasConstraint(QualifiedName table, Identifier constraint) {
        return "SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = " + oid(table) + " AND conname = "
                + Literal.text(constraint.value()) + ")";
    }

    static String isValidated(QualifiedName table, Identifier constraint) {
        return "SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = " + oid(table) + " AND conname = "
                + Literal.text(constraint.value()) + " AND convalidated)";
    }

    static String isValidIndex(QualifiedName table, Identifier index) {
        return "SELECT EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid"
                + " WHERE i.indrelid = " + oid(table) + " AND c.relname = " + Literal.text(index.value())
                + " AND i.indisvalid AND i.indisready)";
    }
}
