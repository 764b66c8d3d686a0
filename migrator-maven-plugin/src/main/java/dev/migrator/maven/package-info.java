/** The command's words as goals of Maven: each a thin face of the command of the same name. */
@NullMarked
package dev.migrator.maven;

import org.jspecify.annotations.NullMarked;
