package dev.migrator;

/** What the code of an application's release makes of a migration's two shapes. */
public enum Uses {
    /** It reads and writes the old shape, and knows nothing of the new one. */
    OLD,
    /** It reads and writes the new shape only: it may not start before VALIDATE is complete. */
    NEW,
    /** It bears both, and asks which of them is announced. */
    BOTH
}
