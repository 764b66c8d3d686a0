package dev.migrator;

/** Which of a migration's two shapes an instance of the application uses. */
public enum Shape {
    /** The one from before EXPAND, which stands until CONTRACT. */
    OLD,
    /** The one that is the truth from the end of VALIDATE on. */
    NEW
}
