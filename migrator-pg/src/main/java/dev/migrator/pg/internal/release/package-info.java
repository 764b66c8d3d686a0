/** Live instances of the application: who they are, which shapes they use, and what gates make of that. */
@NullMarked
package dev.migrator.pg.internal.release;

import org.jspecify.annotations.NullMarked;
