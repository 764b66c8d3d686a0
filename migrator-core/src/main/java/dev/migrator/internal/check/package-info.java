/** Checks that tell all problems at once, and the small texts and values that they read and print. */
@NullMarked
package dev.migrator.internal.check;

import org.jspecify.annotations.NullMarked;
