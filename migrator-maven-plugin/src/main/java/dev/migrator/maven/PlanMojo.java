package dev.migrator.maven;

import java.util.List;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Prints what migrations do, on standard output: each phase's SQL with its lock and what it blocks, what it takes, and what
 * preflight finds. Changes nothing. Of a migration that has started, the plan recorded at its start. The build fails if
 * preflight refuses one of them.
 */
@Mojo(name = "plan", requiresProject = false, threadSafe = true)
public final class PlanMojo extends ReportMojo {

    /** The migrations to plan, separated by commas. Left out: all that are not finished. */
    @Parameter(property = "migrator.ids")
    private @Nullable List<String> ids;

    /**
     * How much is free on the server's disk, in kB, MB, GB or TB of 1024 each, e.g. {@code 20GB}: a migration that needs more is
     * refused. Left out: looked up if the server runs on this machine and its files can be seen.
     */
    @Parameter(property = "migrator.freeSpace")
    private @Nullable String freeSpace;

    /** Made by Maven. */
    public PlanMojo() {}

    @Override
    Arguments arguments() {
        return new Arguments("plan").option("free-space", freeSpace).positions(ids);
    }
}
