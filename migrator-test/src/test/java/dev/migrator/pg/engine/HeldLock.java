package dev.migrator.pg.engine;

import dev.migrator.test.BackgroundSession;
import dev.migrator.test.TestDatabase;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Somebody who is in the way of a migration.
 *
 * @param name who
 * @param told what of it has to be told to those who wait, besides its process
 * @param stopsTheApplication whether the application waits for it, too
 * @param isBrief whether it ends as soon as it is told to
 * @param take takes the lock and tells who holds it
 */
record HeldLock(
        String name, String told, boolean stopsTheApplication, boolean isBrief, Function<TestDatabase, Held> take) {

    /** The one who holds it, until it is told to let go, or has ended. */
    interface Held {
        /** How it has to be named. */
        String id();

        void letGo();
    }

    static HeldLock transaction(String name, String told, boolean stops, String sql) {
        return new HeldLock(name, told, stops, !stops, database -> {
            BackgroundSession session = BackgroundSession.holding(
                    database, "SET application_name = '" + name.replace(' ', '_') + "'; " + sql);
            return held("pid " + session.pid() + " ", session::close);
        });
    }

    static HeldLock prepared(String name, String told, String sql) {
        return new HeldLock(name, told, false, true, database -> {
            String gid = "gtx of " + database.name();
            database.execute("BEGIN; " + sql + "; PREPARE TRANSACTION '" + gid + "'");
            return held(
                    "prepared transaction '" + gid + "'", () -> database.execute("ROLLBACK PREPARED '" + gid + "'"));
        });
    }

    /** A statement that takes some seconds on this table, and ends by itself. */
    static HeldLock work(String name, String told, boolean stops, String sql, String lock) {
        return new HeldLock(name, told, stops, false, database -> {
            BackgroundSession session = BackgroundSession.holding(database, "SELECT");
            CompletableFuture<Void> end = session.start(sql);
            while (!end.isDone() && !holds(database, session.pid(), lock)) {
                Thread.onSpinWait();
            }
            return held("pid " + session.pid() + " ", () -> {
                end.join();
                session.close();
            });
        });
    }

    private static boolean holds(TestDatabase database, int pid, String lock) {
        return database.queryBoolean(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE pid = ? AND granted AND mode = ?"
                        + " AND relation = to_regclass('users'))",
                pid,
                lock);
    }

    private static Held held(String id, Runnable letGo) {
        return new Held() {
            @Override
            public String id() {
                return id;
            }

            @Override
            public void letGo() {
                letGo.run();
            }
        };
    }

    @Override
    public String toString() {
        return name;
    }
}
