package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.QualifiedName;

/**
 * Something on the new side that stands for something on the old side, and takes over its name at PURGE.
 *
 * @param kind {@code INDEX}, {@code CONSTRAINT} or {@code STATISTICS}
 * @param name its name until PURGE
 * @param original the name that it takes over
 * @param clustered whether CLUSTER goes by the original
 */
record Copy(Kind kind, QualifiedName name, Identifier original, boolean clustered) {
    enum Kind {
        INDEX,
        CONSTRAINT,
        STATISTICS
    }
}
