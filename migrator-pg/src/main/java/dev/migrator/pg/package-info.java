/** The migrator for PostgreSQL. */
@NullMarked
package dev.migrator.pg;

import org.jspecify.annotations.NullMarked;
