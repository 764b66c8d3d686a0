package dev.migrator.cli;

/** How a run of the command ended, told more finely than its exit codes do. */
public enum Ending {
    /** Done, or as far as asked. */
    DONE,
    /** Something failed on the way. */
    FAILED,
    /** A migration or an approval is refused: nothing was begun, and somebody has to change something first. */
    REFUSED,
    /** Wrong usage, or a wrong migration file: nothing was done. */
    WRONG_USAGE,
    /** Waiting at a gate. */
    WAITING,
    /** Paused. */
    PAUSED;

    static Ending of(int code, boolean refused) {
        return switch (code) {
            case ExitCode.DONE -> DONE;
            case ExitCode.USAGE -> WRONG_USAGE;
            case ExitCode.WAITING -> WAITING;
            case ExitCode.PAUSED -> PAUSED;
            default -> refused ? REFUSED : FAILED;
        };
    }
}
