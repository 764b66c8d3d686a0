package dev.migrator.transform;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * A row whose new column is to be computed, as it was when it was read. Each getter is for the input columns that the migration
 * names, throws {@link IllegalArgumentException} for any other one, and is empty for NULL.
 */
public interface TransformRow {

    /** What tells it from all other rows that are given to this process. */
    long id();

    /** Its primary key, for people: {@code id=17}. */
    String key();

    /**
     * A value of any type, as PostgreSQL prints it; text and JSON are what they are.
     *
     * @param column the column
     * @return the value
     */
    Optional<String> text(String column);

    /**
     * A {@code bytea}.
     *
     * @param column the column
     * @return the value
     */
    Optional<byte[]> bytes(String column);

    /**
     * A number.
     *
     * @param column the column
     * @return the value
     */
    Optional<BigDecimal> number(String column);

    /**
     * An array of numbers; NaN for an element that is NULL.
     *
     * @param column the column
     * @return the value
     */
    Optional<double[]> numbers(String column);
}
