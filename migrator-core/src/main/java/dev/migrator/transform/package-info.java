/** Columns that the application computes: the function that it gives, what that is given, and what it answers. */
@NullMarked
package dev.migrator.transform;

import org.jspecify.annotations.NullMarked;
