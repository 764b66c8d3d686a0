/** Reads migration files: YAML nodes with marks become {@link dev.migrator.Migration}s, or a list of problems. */
@NullMarked
package dev.migrator.internal.file;

import org.jspecify.annotations.NullMarked;
