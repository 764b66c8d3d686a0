package dev.migrator.maven;

import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** Lets a paused migration go on; the next {@code migrate}, or an engine that waits, takes it up. */
@Mojo(name = "resume", requiresProject = false, threadSafe = true)
public final class ResumeMojo extends WorkMojo {

    /** Required: the migration. */
    @Parameter(property = "migrator.id")
    private @Nullable String id;

    /** Made by Maven. */
    public ResumeMojo() {}

    @Override
    Arguments arguments() throws MojoFailureException {
        return new Arguments("resume").position("id", id);
    }
}
