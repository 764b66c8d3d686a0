/** Servers, harnesses and a JUnit extension for tests of migrations. */
@NullMarked
package dev.migrator.test;

import org.jspecify.annotations.NullMarked;
