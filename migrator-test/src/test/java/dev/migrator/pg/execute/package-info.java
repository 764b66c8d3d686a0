/** Tests of the executor on real servers, under fire. */
@NullMarked
package dev.migrator.pg.execute;

import org.jspecify.annotations.NullMarked;
