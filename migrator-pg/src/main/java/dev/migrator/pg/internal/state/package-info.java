/** The state tables: their schema, the store that the engine uses, and what a step's transaction needs of them. */
@NullMarked
package dev.migrator.pg.internal.state;

import org.jspecify.annotations.NullMarked;
