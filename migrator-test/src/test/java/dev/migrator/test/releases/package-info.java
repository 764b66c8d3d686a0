/** Tests of two releases at once, right ones and wrong ones. */
@NullMarked
package dev.migrator.test.releases;

import org.jspecify.annotations.NullMarked;
