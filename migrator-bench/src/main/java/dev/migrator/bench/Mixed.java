package dev.migrator.bench;

import dev.migrator.test.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Of ten requests, five change a random row by its key, four read one, one inserts one; all of the old release. */
final class Mixed implements Requests {

    private final Connection connection;
    private final PreparedStatement update;
    private final PreparedStatement select;
    private final PreparedStatement insert;
    private final long rows;

    private Mixed(TestDatabase db, Layout layout, long rows) throws SQLException {
        this.rows = rows;
        this.connection = db.connect();
        this.update = connection.prepareStatement(
                "UPDATE items SET amount = mod(amount + 1, 10000), status = ? WHERE id = " + layout.key("?"));
        this.select =
                connection.prepareStatement("SELECT amount, status, note FROM items WHERE id = " + layout.key("?"));
        this.insert = connection.prepareStatement(Items.insertOne(layout));
    }

    /** Requests on a table that was made with so many rows. */
    static Requests.Factory on(TestDatabase db, Layout layout, long rows) {
        return () -> new Mixed(db, layout, rows);
    }

    @Override
    public void answer(long number) throws SQLException {
        long row = 1 + Long.remainderUnsigned(scattered(number), rows);
        switch ((int) (number % 10)) {
            case 0 -> {
                insert.setLong(1, rows + number);
                insert.executeUpdate();
            }
            case 1, 3, 5, 7 -> {
                select.setLong(1, row);
                select.executeQuery().close();
            }
            default -> {
                update.setString(1, "changed");
                update.setLong(2, row);
                if (update.executeUpdate() != 1) {
                    throw new SQLException("row " + row + " is not there");
                }
            }
        }
    }

    /** The same row for the same number in every run, and no two after each other near each other (SplitMix64). */
    static long scattered(long number) {
        long mixed = (number + 1) * 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
