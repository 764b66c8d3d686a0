package dev.migrator.engine;

/**
 * What one gate of a phase has answered.
 *
 * @param place its place among the gates of that phase, from 0
 * @param gate its name
 * @param answer the answer
 */
public record GateReport(int place, String gate, GateAnswer answer) {}
