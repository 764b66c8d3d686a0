/**
 * Measures the engine beside the other ways to fill a column. Where to begin reading: {@code Benchmarks} lists the
 * scenarios, one file each; {@code Way} is what is compared.
 */
@NullMarked
package dev.migrator.bench;

import org.jspecify.annotations.NullMarked;
