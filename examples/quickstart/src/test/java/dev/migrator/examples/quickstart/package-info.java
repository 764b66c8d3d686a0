/** Runs the quickstart with fewer rows. */
@NullMarked
package dev.migrator.examples.quickstart;

import org.jspecify.annotations.NullMarked;
