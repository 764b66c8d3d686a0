/** Two releases of an application on one database, as they are live beside each other while it changes. */
@NullMarked
package dev.migrator.test.releases;

import org.jspecify.annotations.NullMarked;
