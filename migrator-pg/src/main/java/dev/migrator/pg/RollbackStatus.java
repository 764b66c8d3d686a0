package dev.migrator.pg;

/**
 * Whether a migration can be rolled back now, and how.
 *
 * @param possible whether there is a way back
 * @param how {@value #INSTANT} if only definitions change on the way, {@value #REBUILD} if an index is built or rows are
 *     filled again on it, {@value #NO_WAY} if there is none
 * @param reason why, or what happens before it, for people
 */
public record RollbackStatus(boolean possible, String how, String reason) {
    /** Only definitions change. */
    public static final String INSTANT = "instant";

    /** Work that takes long comes first. */
    public static final String REBUILD = "needs a rebuild";

    /** There is no way back. */
    public static final String NO_WAY = "impossible";

    static RollbackStatus impossible(String reason) {
        return new RollbackStatus(false, NO_WAY, reason);
    }
}
