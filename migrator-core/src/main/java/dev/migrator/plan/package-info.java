/**
 * What a migration becomes on paper: for every phase an ordered list of small {@link dev.migrator.plan.Step steps}, each
 * with its statements, its locks, how to see that it is done, and its undo.
 *
 * <p>A plan is data. It is made once, checked by the {@link dev.migrator.plan.PlanRule rules}, recorded whole before the
 * first change, and from then on the record is what runs, forward and on the way back.
 */
@NullMarked
package dev.migrator.plan;

import org.jspecify.annotations.NullMarked;
