/** The rules between the modules, checked where all of them are visible. */
@NullMarked
package dev.migrator.arch;

import org.jspecify.annotations.NullMarked;
