/** Runs steps on PostgreSQL without hurting the application: lock protocol, index builds, backfill, comparison. */
@NullMarked
package dev.migrator.pg.internal.execute;

import org.jspecify.annotations.NullMarked;
