/** Tests of what the throttle makes of its readings, without a server. */
@NullMarked
package dev.migrator.pg.throttle;

import org.jspecify.annotations.NullMarked;
