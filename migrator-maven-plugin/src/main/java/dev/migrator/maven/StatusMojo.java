package dev.migrator.maven;

import java.util.List;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Prints where migrations stand, on standard output: phase, status, progress, what they wait for and why. Changes nothing. The
 * build goes on wherever they stand.
 */
@Mojo(name = "status", requiresProject = false, threadSafe = true)
public final class StatusMojo extends ReportMojo {

    /** The migrations to show, separated by commas. Left out: all. */
    @Parameter(property = "migrator.ids")
    private @Nullable List<String> ids;

    /** Whether to print a JSON array instead of text; with {@code mvn -q} nothing else is printed. */
    @Parameter(property = "migrator.json", defaultValue = "false")
    private boolean json;

    /** Made by Maven. */
    public StatusMojo() {}

    @Override
    Arguments arguments() {
        return new Arguments("status").flag("json", json).positions(ids);
    }

    @Override
    boolean isForPrograms() {
        return json;
    }
}
