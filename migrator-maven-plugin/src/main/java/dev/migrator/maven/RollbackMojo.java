package dev.migrator.maven;

import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Walks a migration back, from any phase before PURGE; every write made meanwhile is kept in the old shape. Safe to run again: a
 * rollback that was cut off goes on. One that waits at a gate, or is paused, is no failure unless {@code failWhenWaiting} says so.
 */
@Mojo(name = "rollback", requiresProject = false, threadSafe = true)
public final class RollbackMojo extends WorkMojo {

    /** Required: the migration. */
    @Parameter(property = "migrator.id")
    private @Nullable String id;

    /** The phase that is complete afterwards: EXPAND, BACKFILL, VALIDATE or CONTRACT. Left out: to before EXPAND. */
    @Parameter(property = "migrator.to")
    private @Nullable String to;

    /** Whether the build fails if the rollback waits at a gate or is paused, and so has not come as far as asked. */
    @Parameter(property = "migrator.failWhenWaiting", defaultValue = "false")
    private boolean failWhenWaiting;

    /** Made by Maven. */
    public RollbackMojo() {}

    @Override
    Arguments arguments() throws MojoFailureException {
        return new Arguments("rollback").option("to", to).position("id", id);
    }

    @Override
    boolean failsWhenWaiting() {
        return failWhenWaiting;
    }
}
