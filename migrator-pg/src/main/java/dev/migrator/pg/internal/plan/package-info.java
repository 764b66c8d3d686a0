/** How each operation is done on PostgreSQL, on paper: one file an operation, and what they share. */
@NullMarked
package dev.migrator.pg.internal.plan;

import org.jspecify.annotations.NullMarked;
