package dev.migrator.plan;

/**
 * PostgreSQL's table-level lock modes, weakest first.
 *
 * <p>Source: PostgreSQL manual, 13.3.1 "Table-Level Locks".
 */
public enum LockMode {
    /** Taken by {@code SELECT}. */
    ACCESS_SHARE("nothing but DROP, TRUNCATE and most ALTER TABLE"),
    /** Taken by {@code SELECT … FOR UPDATE} and on the referenced table by a foreign key's validation. */
    ROW_SHARE("EXCLUSIVE locks only"),
    /** Taken by {@code INSERT}, {@code UPDATE}, {@code DELETE}. */
    ROW_EXCLUSIVE("index builds and schema changes, no reads or writes"),
    /** Taken by {@code VACUUM}, {@code ANALYZE}, {@code VALIDATE CONSTRAINT}, {@code CREATE INDEX CONCURRENTLY}. */
    SHARE_UPDATE_EXCLUSIVE("no reads or writes"),
    /** Taken by {@code CREATE INDEX}. */
    SHARE("writes"),
    /** Taken by {@code ADD FOREIGN KEY} on both tables, and by {@code CREATE TRIGGER}. */
    SHARE_ROW_EXCLUSIVE("writes"),
    /** Taken by {@code REFRESH MATERIALIZED VIEW CONCURRENTLY}. */
    EXCLUSIVE("writes"),
    /** Taken by most forms of {@code ALTER TABLE}. */
    ACCESS_EXCLUSIVE("reads and writes");

    private final String blocks;

    LockMode(String blocks) {
        this.blocks = blocks;
    }

    /** What an application can't do while another session holds this mode, for people. */
    public String blocks() {
        return blocks;
    }

    /** The mode as {@code LOCK TABLE … IN … MODE} and the manual write it, e.g. {@code ACCESS EXCLUSIVE}. */
    public String sql() {
        return name().replace('_', ' ');
    }

    /** The mode as the view {@code pg_locks} shows it, e.g. {@code AccessExclusiveLock}. */
    public String catalogName() {
        StringBuilder text = new StringBuilder();
        boolean first = true;
        for (char letter : name().toCharArray()) {
            if (letter != '_') {
                text.append(first ? letter : Character.toLowerCase(letter));
            }
            first = letter == '_';
        }
        return text.append("Lock").toString();
    }

    /** Whether this mode makes an application's reads or writes wait, and so must be held briefly. */
    public boolean hurtsApplications() {
        return compareTo(SHARE) >= 0;
    }

    /** Whether two sessions can't hold this mode and the other one on one table at the same time (the manual's table 13.2). */
    public boolean conflictsWith(LockMode other) {
        boolean shared = this == SHARE && other == SHARE;
        return !shared && other.compareTo(weakestConflict()) >= 0;
    }

    private LockMode weakestConflict() {
        return switch (this) {
            case ACCESS_SHARE -> ACCESS_EXCLUSIVE;
            case ROW_SHARE -> EXCLUSIVE;
            case ROW_EXCLUSIVE -> SHARE;
            case SHARE_UPDATE_EXCLUSIVE -> SHARE_UPDATE_EXCLUSIVE;
            case SHARE, SHARE_ROW_EXCLUSIVE -> ROW_EXCLUSIVE;
            case EXCLUSIVE -> ROW_SHARE;
            case ACCESS_EXCLUSIVE -> ACCESS_SHARE;
        };
    }
}
