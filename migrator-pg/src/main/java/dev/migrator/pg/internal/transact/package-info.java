/** What every step does its work in: short transactions under locks that nobody waits for long, and how their errors are meant. */
@NullMarked
package dev.migrator.pg.internal.transact;

import org.jspecify.annotations.NullMarked;
