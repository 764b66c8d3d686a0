/** The state tables, on real servers. */
@NullMarked
package dev.migrator.pg.state;

import org.jspecify.annotations.NullMarked;
