/**
 * The operations that a migration may consist of: one record each, named as in a migration file.
 *
 * <p>Records check themselves: what contradicts itself is refused by the constructor with an
 * {@link IllegalArgumentException} that lists all problems. White space around SQL is dropped, so that the same SQL in another
 * style of quoting is the same operation. SQL may end in a comment: whoever puts something behind it begins a new line first.
 */
@NullMarked
package dev.migrator.operation;

import org.jspecify.annotations.NullMarked;
