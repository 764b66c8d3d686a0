package dev.migrator.operation;

/** What happens to the rows that refer to a row that is deleted or gets another key. */
public enum ReferentialAction {
    /** An error, at the end of the statement or, if deferred, of the transaction. */
    NO_ACTION,
    /** An error at once. */
    RESTRICT,
    /** They are deleted, or changed, too. */
    CASCADE,
    /** Their columns become NULL. */
    SET_NULL,
    /** Their columns get their defaults. */
    SET_DEFAULT;

    /**
     * The words in SQL.
     *
     * @return e.g. {@code SET NULL}
     */
    public String sql() {
        return name().replace('_', ' ');
    }
}
