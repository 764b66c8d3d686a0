/** The whole engine on real servers. */
@NullMarked
package dev.migrator.pg.engine;

import org.jspecify.annotations.NullMarked;
