/** How a backfill holds back for the sake of others: what it looks at, from when it slows down, and signals of one's own. */
@NullMarked
package dev.migrator.throttle;

import org.jspecify.annotations.NullMarked;
