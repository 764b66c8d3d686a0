package dev.migrator.engine;

/**
 * What a gate says.
 *
 * @param open whether it lets the phase begin
 * @param reason why not, or why, for people
 */
public record GateAnswer(boolean open, String reason) {
    /** An open gate. */
    public static GateAnswer pass(String reason) {
        return new GateAnswer(true, reason);
    }

    /** A closed gate. */
    public static GateAnswer wait(String reason) {
        return new GateAnswer(false, reason);
    }
}
