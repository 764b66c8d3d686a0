package dev.migrator.pg.internal.estimate;

import java.util.Map;

/**
 * What was seen in some blocks of a table.
 *
 * @param blocks how many blocks were looked into
 * @param rows how many rows were found in them
 * @param pendingShare the share of these that are to be filled
 * @param rowBytes bytes of a row on its page
 * @param newBytes bytes of the new values on a row's page
 * @param newToast bytes of the new values outside of it
 * @param microsPerRow how long it takes to compute a row's new values and to write it, in a table that is not logged
 * @param tried whether the new values were computed of rows of the table; otherwise their sizes are guessed
 * @param widths the average size of the table's columns and of the new values, by name
 */
public record Sampled(
        int blocks,
        long rows,
        double pendingShare,
        double rowBytes,
        double newBytes,
        double newToast,
        double microsPerRow,
        boolean tried,
        Map<String, Double> widths) {}
