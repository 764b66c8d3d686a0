package dev.migrator.pg.engine;

import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * A column as writers write it.
 *
 * @param name its name
 * @param type its type, for a value that stands where no column gives it one
 * @param nullable whether its release may write NULL
 * @param values a random value that every release understands
 */
record WriterColumn(String name, String type, boolean nullable, Function<RandomGenerator, String> values) {}
