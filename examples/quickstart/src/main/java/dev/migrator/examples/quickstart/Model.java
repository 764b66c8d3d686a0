package dev.migrator.examples.quickstart;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the table must hold: the places that were loaded, and what the releases have written since. Any release may write any
 * row at any time; a lock for each row (some share one) keeps a write and its line in this model together.
 */
final class Model {

    private static final int LOCKS = 512;
    private static final int POPULAR = 1000;

    private final List<Place> loaded;
    private final long loadedRows;
    private final AtomicLong lastId;
    private final Map<Long, Optional<Place>> written = new ConcurrentHashMap<>();
    private final ReentrantLock[] locks = new ReentrantLock[LOCKS];

    /**
     * A table with places.
     *
     * @param loaded the places of the rows 1, 2, 3 …; they begin anew after the last one
     * @param loadedRows the number of rows
     */
    Model(List<Place> loaded, long loadedRows) {
        this.loaded = loaded;
        this.loadedRows = loadedRows;
        this.lastId = new AtomicLong(loadedRows);
        for (int i = 0; i < LOCKS; i++) {
            locks[i] = new ReentrantLock();
        }
    }

    /** What becomes of a row. */
    interface Work {
        /** Does something to a row in the database, and tells what it holds now; empty: it is not there. */
        Optional<Place> apply(Optional<Place> before) throws SQLException;
    }

    /** Does something to a row, while nobody else does. */
    void change(long id, Work work) throws SQLException {
        ReentrantLock lock = locks[(int) (id % LOCKS)];
        lock.lock();
        try {
            Optional<Place> before = at(written, id);
            Optional<Place> after = work.apply(before);
            if (!after.equals(before)) {
                written.put(id, after);
            }
        } finally {
            lock.unlock();
        }
    }

    private Optional<Place> at(Map<Long, Optional<Place>> writes, long id) {
        Optional<Place> original =
                id <= loadedRows ? Optional.of(loaded.get((int) ((id - 1) % loaded.size()))) : Optional.empty();
        return writes.getOrDefault(id, original);
    }

    /** A row that a user might ask for: half of them want one of a thousand, some a new one. */
    long someId(SplittableRandom random) {
        int dice = random.nextInt(10);
        if (dice == 0) {
            return lastId.incrementAndGet();
        }
        long last = lastId.get();
        return dice < 6 ? 1 + random.nextInt(POPULAR) * (loadedRows / POPULAR) : 1 + random.nextLong(last);
    }

    /** One of the places that were loaded. */
    Place somePlace(SplittableRandom random) {
        return loaded.get(random.nextInt(loaded.size()));
    }

    /**
     * The model as it is at one moment.
     *
     * @param meanwhile what is done at that moment, while no release writes; it should take no time
     */
    Moment moment(Meanwhile meanwhile) throws SQLException {
        for (ReentrantLock lock : locks) {
            lock.lock();
        }
        try {
            meanwhile.run();
            return new Moment(Map.copyOf(written));
        } finally {
            for (ReentrantLock lock : locks) {
                lock.unlock();
            }
        }
    }

    /** Something short that is done to the database. */
    interface Meanwhile {
        /** Does it. */
        void run() throws SQLException;
    }

    /** What the table must hold at one moment. */
    final class Moment {
        private final Map<Long, Optional<Place>> writes;

        private Moment(Map<Long, Optional<Place>> writes) {
            this.writes = writes;
        }

        /** What a row must hold; empty: it must not be there. */
        Optional<Place> place(long id) {
            return at(writes, id);
        }

        /** How many rows there must be. */
        long rows() {
            long rows = loadedRows;
            for (Map.Entry<Long, Optional<Place>> write : writes.entrySet()) {
                boolean before = write.getKey() <= loadedRows;
                boolean now = write.getValue().isPresent();
                rows += before == now ? 0 : (now ? 1 : -1);
            }
            return rows;
        }

        /** How many rows were written since they were loaded. */
        int written() {
            return writes.size();
        }
    }
}
