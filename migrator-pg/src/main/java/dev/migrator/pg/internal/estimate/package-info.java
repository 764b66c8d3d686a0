/** What a backfill will take: rows, time, log and disk, from the statistics and a short look at a few blocks. */
@NullMarked
package dev.migrator.pg.internal.estimate;

import org.jspecify.annotations.NullMarked;
