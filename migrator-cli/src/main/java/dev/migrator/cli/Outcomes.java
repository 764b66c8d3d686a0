package dev.migrator.cli;

import dev.migrator.Status;
import dev.migrator.engine.Outcome;
import java.io.PrintWriter;

/** How a walk ended, for people. */
final class Outcomes {
    private Outcomes() {}

    /** That of a walk forward. */
    static void print(String id, Outcome outcome, PrintWriter out, PrintWriter err) {
        print(id, "before", outcome, out, err);
    }

    /** That of a walk back, which waits before a phase is undone. */
    static void printBack(String id, Outcome outcome, PrintWriter out, PrintWriter err) {
        print(id, "before undoing", outcome, out, err);
    }

    private static void print(String id, String before, Outcome outcome, PrintWriter out, PrintWriter err) {
        if (outcome instanceof Outcome.Arrived arrived) {
            out.println(id + ": " + arrived.message());
        } else if (outcome instanceof Outcome.Waits waits) {
            out.println(id + ": waits " + before + " " + waits.phase());
            waits.reasons().forEach(waiting -> out.println("  " + waiting.gate() + ": " + waiting.reason()));
        } else if (outcome instanceof Outcome.Paused paused) {
            out.println(id + ": is paused at " + paused.position() + "; go on with: migrator resume " + id);
        } else if (outcome instanceof Outcome.Failed failed) {
            err.println(failed.message());
            if (failed.position().status() == Status.FAILED) {
                err.println("It stands at " + failed.position()
                        + "; what was done is kept and recorded, and the next `migrate`" + " goes on from there.");
            }
        }
        out.flush();
        err.flush();
    }
}
