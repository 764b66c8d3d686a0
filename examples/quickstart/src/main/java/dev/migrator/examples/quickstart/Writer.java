package dev.migrator.examples.quickstart;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * An instance of a release that is at work: it inserts, changes, removes and reads places, some hundred times a second, and
 * checks every answer against the {@link Model}. It stops at the first error.
 */
final class Writer implements AutoCloseable {

    /** How a release may use its shape. */
    enum Use {
        /** It only writes: no condition on the shape, no value computed from it. All that is safe before VALIDATE. */
        BLIND,
        /** Any statement. */
        ALL
    }

    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long POLL = TimeUnit.MILLISECONDS.toNanos(5);

    private final DataSource database;
    private final Release release;
    private final Model model;
    private final SplittableRandom random;
    private final Thread thread;
    private final Waits waits = new Waits();
    private Waits lately = new Waits();
    private Optional<String> error = Optional.empty();
    private volatile Use use;
    private volatile boolean stopping;

    private Writer(DataSource database, Release release, Model model, Use use, long seed) {
        this.database = database;
        this.release = release;
        this.model = model;
        this.use = use;
        this.random = new SplittableRandom(seed);
        this.thread = new Thread(this::run, release.name());
    }

    /** Starts an instance; the seed decides what its users ask for. */
    static Writer start(DataSource database, Release release, Model model, Use use, long seed) {
        Writer writer = new Writer(database, release, model, use, seed);
        writer.thread.setDaemon(true);
        writer.thread.start();
        return writer;
    }

    /** From now on its shape is the truth. */
    void useAll() {
        use = Use.ALL;
    }

    private void run() {
        while (!stopping) {
            try {
                request(model.someId(random));
            } catch (SQLException | WrongAnswerException e) {
                failed(String.valueOf(e.getMessage()));
                return;
            }
            LockSupport.parkNanos(PAUSE);
        }
    }

    private void request(long id) throws SQLException {
        Use now = use;
        model.change(id, before -> {
            long begin = System.nanoTime();
            Optional<Place> after;
            try (Connection connection = database.getConnection()) {
                after = before.isEmpty() ? insert(connection, id) : handle(connection, id, before.get(), now);
            }
            answered(System.nanoTime() - begin);
            return after;
        });
    }

    private Optional<Place> insert(Connection connection, long id) throws SQLException {
        Place place = model.somePlace(random).asNew();
        expectOne(release.insert(connection, id, place), "insert", id);
        return Optional.of(place);
    }

    private Optional<Place> handle(Connection connection, long id, Place before, Use now) throws SQLException {
        Place other = model.somePlace(random);
        int dice = random.nextInt(100);
        if (dice < 5) {
            expectOne(release.delete(connection, id), "delete", id);
            return Optional.empty();
        } else if (now == Use.ALL && dice < 50) {
            return read(connection, id, before, dice);
        } else if (dice < 65) {
            expectOne(release.rename(connection, id, other.name()), "rename", id);
            return Optional.of(before.renamed(other.name()));
        } else if (dice < 85) {
            expectOne(release.move(connection, id, other.latitude(), other.longitude()), "move", id);
            return Optional.of(before.movedTo(other.latitude(), other.longitude()));
        }
        expectOne(release.assign(connection, id, other.country(), other.admin1()), "assign", id);
        return Optional.of(before.assignedTo(other.country(), other.admin1()));
    }

    /** What a release may do only when every row has its shape. */
    private Optional<Place> read(Connection connection, long id, Place before, int dice) throws SQLException {
        if (dice < 15) {
            double degrees = 0.125;
            expectOne(release.moveNorth(connection, id, degrees), "move north", id);
            return Optional.of(before.movedTo(before.latitude() + degrees, before.longitude()));
        } else if (dice < 25) {
            if (!release.finds(connection, id, before.name())) {
                throw new WrongAnswerException("a search by name does not find place " + id);
            }
        } else {
            Optional<Place> found = release.find(connection, id);
            if (!found.equals(Optional.of(before))) {
                throw new WrongAnswerException("place " + id + " is read as " + found + ", written was " + before);
            }
        }
        return Optional.of(before);
    }

    private static void expectOne(int rows, String what, long id) {
        if (rows != 1) {
            throw new WrongAnswerException(what + " of place " + id + " changed " + rows + " rows instead of 1");
        }
    }

    private synchronized void answered(long nanos) {
        waits.add(nanos);
        lately.add(nanos);
    }

    private synchronized void failed(String message) {
        error = Optional.of(message);
    }

    /** All requests so far. */
    synchronized Waits waits() {
        Waits copy = new Waits();
        copy.addAll(waits);
        return copy;
    }

    /** The requests since this was last asked. */
    synchronized Waits lately() {
        Waits answer = lately;
        lately = new Waits();
        return answer;
    }

    private synchronized long requests() {
        return waits.requests();
    }

    /** The release at work. */
    Release release() {
        return release;
    }

    /** Fails if a request did. */
    synchronized void check() {
        if (error.isPresent()) {
            throw new QuickstartException("A request of " + release.name() + " failed, after " + waits.requests()
                    + " good ones: " + error.get());
        }
    }

    /** Lets it work until it has answered so many more requests. */
    void awaitMore(long requests) {
        long goal = requests() + requests;
        while (requests() < goal && thread.isAlive()) {
            LockSupport.parkNanos(POLL);
        }
        check();
    }

    /** Lets it finish its request and stops it. */
    @Override
    public void close() {
        stopping = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The database answered, but not what was written. */
    private static final class WrongAnswerException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        WrongAnswerException(String message) {
            super(message);
        }
    }
}
