package dev.migrator.operation;

/** How a column counts by itself ({@code GENERATED … AS IDENTITY}). */
public enum Identity {
    /** A given value is refused. */
    ALWAYS,
    /** A given value is taken. */
    BY_DEFAULT;

    /**
     * The words in SQL.
     *
     * @return {@code ALWAYS} or {@code BY DEFAULT}
     */
    public String sql() {
        return name().replace('_', ' ');
    }
}
