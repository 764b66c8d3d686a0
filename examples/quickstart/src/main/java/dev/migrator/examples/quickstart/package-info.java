/** The smallest application that migrates itself. */
@NullMarked
package dev.migrator.examples.quickstart;

import org.jspecify.annotations.NullMarked;
