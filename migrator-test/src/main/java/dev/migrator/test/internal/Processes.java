package dev.migrator.test.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Asks the operating system about processes that are not our children. */
public final class Processes {

    private Processes() {}

    /**
     * Whether a process runs. One that has ended and that nobody has asked for its exit status does not, although it keeps
     * its number: in a container whose first process is Maven, nobody ever asks.
     */
    public static boolean isRunning(long pid) {
        if (ProcessHandle.of(pid).isEmpty()) {
            return false;
        }
        try {
            // "1234 (name) S …": the name may hold anything, the state follows the last parenthesis.
            String status = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return status.charAt(status.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException noProcOrGone) {
            return ProcessHandle.of(pid).isPresent();
        }
    }
}
