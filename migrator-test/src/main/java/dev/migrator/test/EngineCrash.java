package dev.migrator.test;

/**
 * What code under test meets where its process would have died: an {@link Error}, so that nothing which handles exceptions
 * handles it. Thrown by a {@link FaultyDataSource} at the chosen statement and from then on by every use of its connections.
 */
public final class EngineCrash extends Error {
    private static final long serialVersionUID = 1L;

    /** Says where. */
    public EngineCrash(String message) {
        super(message);
    }
}
