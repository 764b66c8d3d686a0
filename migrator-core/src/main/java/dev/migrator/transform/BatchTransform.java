package dev.migrator.transform;

import java.util.List;

/**
 * Computes the new column of some rows: an embedding, an encryption, a call of another service.
 *
 * <p>It is called outside of any transaction, while no row is locked, by several threads at a time if there are several
 * workers. A row may be given again, also one whose value was computed before: because it has changed meanwhile, or because the
 * process died before the value was written. So it must be safe to compute a row twice. When it takes longer than the
 * {@linkplain TransformSettings#timeLimit time limit}, its thread is interrupted and what it answers later is not used.
 */
@FunctionalInterface
public interface BatchTransform {

    /**
     * Computes one value for each row.
     *
     * @param rows the rows, at most as many as the {@linkplain TransformSettings#batchSize batch size} says
     * @return one answer for each row, in any order; if one is missing, given twice, or for a row that was not asked about, none
     *     of them is used, and smaller batches are tried
     * @throws Exception if it can't; it is tried again, with smaller batches in the end, so that one row that can't be computed
     *     does not keep the others from being filled
     */
    List<TransformAnswer> compute(List<TransformRow> rows) throws Exception;
}
