package dev.migrator.engine;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a gate says.
 *
 * @param verdict whether it lets the phase begin
 * @param reason why not, or why, for people
 * @param data the same for machines, by names of the gate's own
 */
public record GateAnswer(Verdict verdict, String reason, SortedMap<String, String> data) {

    /** Whether a gate lets a phase begin. */
    public enum Verdict {
        /** It does. */
        PASS,
        /** Not yet. */
        WAIT,
        /** It will not by waiting alone: somebody has to mend something. */
        REFUSE,
        /** It could not be asked; nothing is known. */
        UNKNOWN
    }

    /** Copies the data. */
    public GateAnswer {
        data = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(data));
    }

    /** Whether the phase may begin, as far as this gate is concerned. */
    public boolean open() {
        return verdict == Verdict.PASS;
    }

    /** An open gate. */
    public static GateAnswer pass(String reason) {
        return new GateAnswer(Verdict.PASS, reason, new TreeMap<>());
    }

    /** A closed gate. */
    public static GateAnswer wait(String reason) {
        return new GateAnswer(Verdict.WAIT, reason, new TreeMap<>());
    }

    /** A gate that stays closed until somebody mends something. */
    public static GateAnswer refuse(String reason) {
        return new GateAnswer(Verdict.REFUSE, reason, new TreeMap<>());
    }

    /** A gate that could not be asked; it is closed, and so is its opposite. */
    public static GateAnswer unknown(String reason) {
        return new GateAnswer(Verdict.UNKNOWN, reason, new TreeMap<>());
    }

    /** The same with data. */
    public GateAnswer with(Map<String, String> more) {
        SortedMap<String, String> all = new TreeMap<>(data);
        all.putAll(more);
        return new GateAnswer(verdict, reason, all);
    }
}
