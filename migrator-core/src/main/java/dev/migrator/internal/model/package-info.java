/** The canonical form of a migration, and the parts of operations that files and builder share. */
@NullMarked
package dev.migrator.internal.model;

import org.jspecify.annotations.NullMarked;
