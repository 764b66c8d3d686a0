/** Assertions on plans and migrations, in the style of AssertJ. */
@NullMarked
package dev.migrator.test.assertions;

import org.jspecify.annotations.NullMarked;
