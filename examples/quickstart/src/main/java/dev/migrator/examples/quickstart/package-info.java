/**
 * Two migrations under a running application, one of them taken back. Where to begin reading: {@code Story} says what
 * happens, {@code Pipeline} calls the migrator, the releases are the application.
 */
@NullMarked
package dev.migrator.examples.quickstart;

import org.jspecify.annotations.NullMarked;
