package dev.migrator.test.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A small shell that outlives this JVM by a moment: it stops the server and removes its data when the JVM is gone without
 * having done so, whatever killed it. It learns that from the end of its standard input, so it costs nothing meanwhile.
 *
 * <p>{@code pg_ctl} detaches the server from us; without this, each killed JVM would leave a server behind.
 */
final class Watchdog {

    // Whatever is read means that the JVM has done the work itself. The process id comes from the file that the server
    // removes when it ends, so that a number which another process got since is never killed.
    private static final String SCRIPT =
            """
            trap '' HUP INT TERM
            if read -r stopped; then exit 0; fi
            tries=0
            pid=$(head -n 1 "$1/postmaster.pid") && kill -INT "$pid" && while kill -0 "$pid" && [ $tries -lt 100 ]; do
              sleep 0.1
              tries=$((tries + 1))
            done
            pid=$(head -n 1 "$1/postmaster.pid") && kill -KILL "$pid"
            rm -rf -- "$1"
            """;

    private final Process shell;

    private Watchdog(Process shell) {
        this.shell = shell;
    }

    /** Watches over the server in a data directory; empty where there is no shell to do it. */
    static Optional<Watchdog> over(Path dataDirectory) {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            // A session of its own: a signal to the whole process group must not take the watchdog as well.
            command.add("/usr/bin/setsid");
        }
        command.addAll(List.of("/bin/sh", "-c", SCRIPT, "migrator-test-watchdog", dataDirectory.toString()));
        try {
            return Optional.of(new Watchdog(new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()));
        } catch (IOException noShell) {
            return Optional.empty();
        }
    }

    /** Lets it stop the server now, as if this JVM were gone. */
    void act() {
        try {
            shell.getOutputStream().close();
        } catch (IOException gone) {
            // It has seen the end of its input already.
        }
    }

    /** Ends it without touching the server. */
    void dismiss() {
        try (OutputStream input = shell.getOutputStream()) {
            input.write("stopped\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException gone) {
            // Then there is nothing to end.
        }
    }
}
