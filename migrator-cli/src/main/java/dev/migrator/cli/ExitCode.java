package dev.migrator.cli;

import dev.migrator.engine.Outcome;
import dev.migrator.pg.MigrationResult;
import java.util.List;

/** The command's exit codes, a contract with those who call it. */
final class ExitCode {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int WAITING = 3;
    static final int PAUSED = 4;

    private ExitCode() {}

    static int of(Outcome outcome) {
        if (outcome instanceof Outcome.Failed) {
            return FAILED;
        } else if (outcome instanceof Outcome.Waits) {
            return WAITING;
        }
        return outcome instanceof Outcome.Paused ? PAUSED : DONE;
    }

    /** Of several migrations the most serious counts: failed, then paused, then waiting. */
    static int of(List<MigrationResult> results) {
        List<Integer> codes =
                results.stream().map(result -> of(result.outcome())).toList();
        for (int code : List.of(FAILED, PAUSED, WAITING)) {
            if (codes.contains(code)) {
                return code;
            }
        }
        return DONE;
    }
}
