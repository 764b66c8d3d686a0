/** Tests of how SQL text is put together. */
@NullMarked
package dev.migrator.pg.sql;

import org.jspecify.annotations.NullMarked;
