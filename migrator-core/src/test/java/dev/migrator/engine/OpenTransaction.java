package dev.migrator.engine;

/** A transaction that has checked the lease's token and holds its row {@code FOR SHARE} until it ends. */
final class OpenTransaction {
    private final InMemoryTables tables;
    private final Lease lease;
    private final String what;
    private final Runnable work;
    private boolean ended;

    OpenTransaction(InMemoryTables tables, Lease lease, String what, Runnable work) {
        this.tables = tables;
        this.lease = lease;
        this.what = what;
        this.work = work;
    }

    /** Does its work and makes it last, all at once. */
    void commit() {
        if (end()) {
            tables.tick();
            tables.watch().commits(this);
            work.run();
        }
    }

    void abort() {
        end();
    }

    private boolean end() {
        boolean first = !ended;
        ended = true;
        tables.ended(this);
        return first;
    }

    Lease lease() {
        return lease;
    }

    @Override
    public String toString() {
        return what + " under token " + lease.token();
    }
}
