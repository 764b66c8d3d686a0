package dev.migrator.plan;

/**
 * Something that preflight found.
 *
 * @param severity whether it stops the migration
 * @param at where: {@code file:line:column} and the key, or the operation, for people
 * @param message what was found, with names and numbers
 * @param remedy what to do about it; empty if nothing needs to be done
 */
public record Finding(Severity severity, String at, String message, String remedy) {

    /** How serious a finding is. */
    public enum Severity {
        /** The plan is refused. */
        REFUSED,
        /** Worth a decision by a person; the plan stands. */
        WARNING,
        /** Good to know. */
        NOTE
    }

    @Override
    public String toString() {
        return at + ": " + message + (remedy.isEmpty() ? "" : " " + remedy);
    }
}
