package dev.migrator.maven;

import java.util.List;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Advances migrations as far as their gates allow, or to the end of the phase named. Safe to run again and by many at once:
 * what is done is not done twice, and what was cut off goes on. A migration that waits at a gate, or is paused, is no failure
 * unless {@code failWhenWaiting} says so: the log tells what it waits for.
 */
@Mojo(name = "migrate", defaultPhase = LifecyclePhase.PRE_INTEGRATION_TEST, requiresProject = false, threadSafe = true)
public final class MigrateMojo extends WorkMojo {

    /**
     * The migrations to advance, separated by commas. Left out: all, in the order of their files. One that was rolled back
     * starts again only if it is named.
     */
    @Parameter(property = "migrator.ids")
    private @Nullable List<String> ids;

    /** The last phase to complete: EXPAND, BACKFILL, VALIDATE, CONTRACT or PURGE. Left out: PURGE. */
    @Parameter(property = "migrator.to")
    private @Nullable String to;

    /**
     * How much is free on the server's disk, in kB, MB, GB or TB of 1024 each, e.g. {@code 20GB}: a migration that needs more is
     * refused. Left out: looked up if the server runs on this machine and its files can be seen.
     */
    @Parameter(property = "migrator.freeSpace")
    private @Nullable String freeSpace;

    /** Whether the build fails if a migration waits at a gate or is paused, and so has not come as far as asked. */
    @Parameter(property = "migrator.failWhenWaiting", defaultValue = "false")
    private boolean failWhenWaiting;

    /** Made by Maven. */
    public MigrateMojo() {}

    @Override
    Arguments arguments() {
        return new Arguments("migrate")
                .option("to", to)
                .option("free-space", freeSpace)
                .positions(ids);
    }

    @Override
    boolean failsWhenWaiting() {
        return failWhenWaiting;
    }
}
