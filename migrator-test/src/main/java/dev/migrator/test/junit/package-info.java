/** Migration tests with JUnit 5: {@link dev.migrator.test.junit.MigrationTest} on a class, or a {@link dev.migrator.test.junit.MigratorExtension}. */
@NullMarked
package dev.migrator.test.junit;

import org.jspecify.annotations.NullMarked;
