package dev.migrator.maven;

import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** Asks a migration to stop; an engine at work stops within one batch, in whichever process it runs. */
@Mojo(name = "pause", requiresProject = false, threadSafe = true)
public final class PauseMojo extends WorkMojo {

    /** Required: the migration. */
    @Parameter(property = "migrator.id")
    private @Nullable String id;

    /** Made by Maven. */
    public PauseMojo() {}

    @Override
    Arguments arguments() throws MojoFailureException {
        return new Arguments("pause").position("id", id);
    }
}
