package dev.migrator.maven;

import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** Records that a person lets a phase of a migration begin, beside the session's own user. */
@Mojo(name = "approve", requiresProject = false, threadSafe = true)
public final class ApproveMojo extends WorkMojo {

    /** Required: the migration. */
    @Parameter(property = "migrator.id")
    private @Nullable String id;

    /** Required: the phase that may begin: EXPAND, BACKFILL, VALIDATE, CONTRACT or PURGE. */
    @Parameter(property = "migrator.phase")
    private @Nullable String phase;

    /** Required: who approves. */
    @Parameter(property = "migrator.by")
    private @Nullable String by;

    /** Required: why. */
    @Parameter(property = "migrator.reason")
    private @Nullable String reason;

    /** Made by Maven. */
    public ApproveMojo() {}

    @Override
    Arguments arguments() throws MojoFailureException {
        return new Arguments("approve")
                .position("id", id)
                .position("phase", phase)
                .requiredOption("by", by)
                .requiredOption("reason", reason);
    }
}
