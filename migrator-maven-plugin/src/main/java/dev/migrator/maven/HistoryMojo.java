package dev.migrator.maven;

import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** Prints everything that happened to a migration, in order, on standard output: when, what, and who. Changes nothing. */
@Mojo(name = "history", requiresProject = false, threadSafe = true)
public final class HistoryMojo extends ReportMojo {

    /** Required: the migration. */
    @Parameter(property = "migrator.id")
    private @Nullable String id;

    /**
     * Whether to print a JSON array of {@code {at, phase, event, actor, release, detail}} instead of text; with {@code mvn -q}
     * nothing else is printed.
     */
    @Parameter(property = "migrator.json", defaultValue = "false")
    private boolean json;

    /** Made by Maven. */
    public HistoryMojo() {}

    @Override
    Arguments arguments() throws MojoFailureException {
        return new Arguments("history").flag("json", json).position("id", id);
    }

    @Override
    boolean isForPrograms() {
        return json;
    }
}
