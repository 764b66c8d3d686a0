package dev.migrator.test.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a proxy waits for, in all its connections together. */
public final class Traps {

    /** What happens when a trap springs. */
    public enum Kind {
        /** The server finishes, then the connection is closed instead of the answer passed on. */
        DROP_ANSWER,
        /** The client's connection is closed as soon as the server has been sent everything. */
        CUT_WHILE_RUNNING,
        /** The connection is closed and the server not sent the message. */
        CUT_BEFORE
    }

    private static final class Trap {
        private final String text;
        private final Kind kind;
        private int left;

        private Trap(String text, Kind kind, int n) {
            this.text = text;
            this.kind = kind;
            this.left = n;
        }
    }

    private final List<Trap> traps = new ArrayList<>();
    private final List<String> executed = new ArrayList<>();

    /** Sets a trap for the n-th execution from now of SQL that contains the text. */
    public synchronized void add(String text, int n, Kind kind) {
        if (n < 1 || text.isEmpty()) {
            throw new IllegalArgumentException("A trap for execution %d of \"%s\" never springs.".formatted(n, text));
        }
        traps.add(new Trap(text, kind, n));
    }

    /** Whether all of them have sprung. */
    public synchronized boolean fired() {
        return traps.isEmpty();
    }

    /** What the server was sent to execute. */
    public synchronized List<String> executed() {
        return List.copyOf(executed);
    }

    /** Tells that SQL is about to be sent on, and what is to happen to it. */
    synchronized Optional<Kind> execute(String sql) {
        Optional<Kind> sprung = Optional.empty();
        for (Trap trap : traps) {
            if (sql.contains(trap.text) && --trap.left == 0 && sprung.isEmpty()) {
                sprung = Optional.of(trap.kind);
            }
        }
        traps.removeIf(trap -> trap.left == 0);
        if (sprung.filter(kind -> kind == Kind.CUT_BEFORE).isEmpty()) {
            executed.add(sql);
        }
        return sprung;
    }
}
