/**
 * What a user of the library sees: migrations, their phases, gates and files, and the exceptions.
 *
 * <p>All types are immutable unless they say otherwise, and no method takes or returns {@code null}.
 */
@NullMarked
package dev.migrator;

import org.jspecify.annotations.NullMarked;
