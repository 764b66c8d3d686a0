/** When a backfill goes slower or waits: signals, what becomes of them, and what people see of it. */
@NullMarked
package dev.migrator.pg.internal.throttle;

import org.jspecify.annotations.NullMarked;
