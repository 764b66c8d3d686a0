package dev.migrator.pg.internal.throttle;

import dev.migrator.throttle.ThrottleAnswer;
import java.util.List;
import java.util.Locale;

/**
 * What the throttle has decided.
 *
 * @param source the signal that decided; empty if none had anything to say
 * @param answer the strictest answer
 */
record Decision(String source, ThrottleAnswer answer) {
    static final Decision NORMAL = new Decision("", ThrottleAnswer.normal());

    /**
     * What one signal says.
     *
     * @param source the signal
     * @param answer what it says
     */
    record Candidate(String source, ThrottleAnswer answer) {}

    /** The strictest of all. */
    static Decision of(List<Candidate> candidates) {
        Decision decision = NORMAL;
        for (Candidate candidate : candidates) {
            ThrottleAnswer stricter = decision.answer.stricter(candidate.answer());
            if (stricter != decision.answer) {
                decision = new Decision(candidate.source(), stricter);
            }
        }
        return decision;
    }

    boolean stops() {
        return answer instanceof ThrottleAnswer.Stop;
    }

    /** {@code NORMAL}, {@code SLOW} or {@code STOPPED}, as the table of workers has it. */
    String pace() {
        if (answer instanceof ThrottleAnswer.Slow) {
            return "SLOW";
        }
        return stops() ? "STOPPED" : "NORMAL";
    }

    double factor() {
        return answer instanceof ThrottleAnswer.Slow slow ? slow.factor() : 1;
    }

    String reason() {
        if (answer instanceof ThrottleAnswer.Slow slow) {
            return slow.reason();
        }
        return answer instanceof ThrottleAnswer.Stop stop ? stop.reason() : "";
    }

    /** What changes when there is news: not the numbers. */
    String topic() {
        return pace() + " " + source;
    }

    /** For people; empty: as fast as it can. */
    String describe() {
        if (answer instanceof ThrottleAnswer.Slow slow) {
            return String.format(Locale.ROOT, "slowed down by %.1f: %s", slow.factor(), slow.reason());
        } else if (answer instanceof ThrottleAnswer.Stop stop) {
            return "stopped" + stop.until().map(until -> " until " + until).orElse("") + ": " + stop.reason();
        }
        return "";
    }
}
