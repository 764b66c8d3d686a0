package dev.migrator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;

/** A signal to a process. */
enum Signal {
    /** It stands still, with all its threads. */
    STOP,
    /** It goes on. */
    CONT;

    /** The program that sends them; not on every platform. */
    static final Path KILL = Path.of("/bin/kill");

    void send(Process process) throws IOException, InterruptedException {
        assertThat(reaches(process)).isTrue();
    }

    /** Sends it, and tells whether there was still somebody to get it. */
    boolean reaches(Process process) throws IOException, InterruptedException {
        return new ProcessBuilder(KILL.toString(), "-" + name(), String.valueOf(process.pid()))
                        .start()
                        .waitFor()
                == 0;
    }
}
