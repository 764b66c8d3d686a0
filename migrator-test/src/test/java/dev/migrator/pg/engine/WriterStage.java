package dev.migrator.pg.engine;

import java.util.Set;

/**
 * What writers may do now, as the table of phases promises it to their releases.
 *
 * @param name for failure messages
 * @param kinds which writers may write at all
 * @param newIsTruth whether the new shape may be read: from VALIDATE on
 * @param exchanging whether the engine may walk over the exchange meanwhile: writers keep to statements whose effect is the
 *     same on both sides of it
 * @param contracted whether the new shape stands alone
 * @param unmappable whether old writers may write what {@code up} can't compute: between EXPAND and BACKFILL
 */
record WriterStage(
        String name,
        Set<WriterKind> kinds,
        boolean newIsTruth,
        boolean exchanging,
        boolean contracted,
        boolean unmappable) {

    static final WriterStage CLOSED = new WriterStage("closed", Set.of(), false, false, false, false);
    static final WriterStage OLD_ONLY =
            new WriterStage("old release only", Set.of(WriterKind.OLD), false, false, false, false);
    static final WriterStage BLIND =
            new WriterStage("new release writes blindly", Set.of(WriterKind.values()), false, false, false, true);
    static final WriterStage VALIDATING =
            new WriterStage("until VALIDATE is complete", Set.of(WriterKind.values()), false, false, false, false);
    static final WriterStage TRUTH =
            new WriterStage("new shape is the truth", Set.of(WriterKind.values()), true, false, false, false);
    static final WriterStage EXCHANGE =
            new WriterStage("over the exchange", Set.of(WriterKind.NEW), true, true, false, false);
    static final WriterStage CONTRACTED =
            new WriterStage("new shape alone", Set.of(WriterKind.NEW), true, false, true, false);
    static final WriterStage GOING_BACK =
            new WriterStage("back over EXPAND", Set.of(WriterKind.OLD), false, false, false, false);

    boolean permits(WriterKind kind) {
        return kinds.contains(kind);
    }
}
