/** The {@code migrator} command. */
@NullMarked
package dev.migrator.cli;

import org.jspecify.annotations.NullMarked;
