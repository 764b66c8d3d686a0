/** What the test kit is made of; nothing outside it uses these types. */
@NullMarked
package dev.migrator.test.internal;

import org.jspecify.annotations.NullMarked;
