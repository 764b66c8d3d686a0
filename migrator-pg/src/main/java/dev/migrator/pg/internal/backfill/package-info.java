/** Fills a table that is in use: ranges, workers of many processes, batches, failed rows, and what the application computes. */
@NullMarked
package dev.migrator.pg.internal.backfill;

import org.jspecify.annotations.NullMarked;
