/** The command as its users run it. */
@NullMarked
package dev.migrator.cli;

import org.jspecify.annotations.NullMarked;
