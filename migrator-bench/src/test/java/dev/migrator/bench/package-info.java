/** Tests of what the benchmarks compute; what they measure is not tested. */
@NullMarked
package dev.migrator.bench;

import org.jspecify.annotations.NullMarked;
