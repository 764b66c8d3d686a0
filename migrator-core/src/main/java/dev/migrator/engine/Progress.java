package dev.migrator.engine;

/**
 * How far a step that walks over a table has come.
 *
 * @param title the step's title
 * @param done units done: blocks of the table
 * @param total units in all
 * @param rows rows handled so far
 */
public record Progress(String title, long done, long total, long rows) {}
