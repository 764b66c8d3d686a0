/** What the server's catalog says about a table and about what surrounds it. */
@NullMarked
package dev.migrator.pg.internal.catalog;

import org.jspecify.annotations.NullMarked;
