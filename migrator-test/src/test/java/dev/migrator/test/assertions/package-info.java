/** Tests of the assertions: each holds for what is right, and says what is wrong. */
@NullMarked
package dev.migrator.test.assertions;

import org.jspecify.annotations.NullMarked;
