/** The goals in builds of their own. */
@NullMarked
package dev.migrator.maven;

import org.jspecify.annotations.NullMarked;
