package dev.migrator.maven;

import dev.migrator.cli.Ending;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.maven.plugin.MojoFailureException;

/** A goal that does something, and tells it in the log. */
abstract class WorkMojo extends AbstractMigratorMojo {
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

    /** Whether the build fails if a migration waits at a gate or is paused. */
    boolean failsWhenWaiting() {
        return false;
    }

    @Override
    PrintWriter output() {
        return LineWriter.to(line -> {
            String told = Wording.ofReport(line);
            lines.add(told);
            getLog().info(told);
        });
    }

    @Override
    void stopped(Ending ending) throws MojoFailureException {
        String what = ending == Ending.PAUSED ? "paused" : "waiting at a gate";
        if (failsWhenWaiting()) {
            throw new MojoFailureException(
                    "Not done, but " + what + " (failWhenWaiting is true):\n" + String.join("\n", lines));
        }
        getLog().info("Not done, but " + what + "; the build goes on (failWhenWaiting=true would end it).");
    }
}
