/** Tests of the JUnit extension, which run it. */
@NullMarked
package dev.migrator.test.junit;

import org.jspecify.annotations.NullMarked;
