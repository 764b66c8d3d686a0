/** A rolling deployment: two releases of an application, each instance its own process, while the schema changes beneath them. */
@NullMarked
package dev.migrator.examples.rolling;

import org.jspecify.annotations.NullMarked;
