/** Runs steps on PostgreSQL without hurting the application: index builds, scans, scripts, comparison. */
@NullMarked
package dev.migrator.pg.internal.execute;

import org.jspecify.annotations.NullMarked;
