package dev.migrator.pg;

import java.time.Instant;

/**
 * Statements of the application that named a column after CONTRACT had retired it, and failed: as told by instances whose
 * connections are those of {@link ApplicationInstance#dataSource()}.
 *
 * @param release the release that they are of
 * @param role the user of its sessions
 * @param application the {@code application_name} of its sessions
 * @param instance the instance that told of one last
 * @param sqlState the server's SQLSTATE
 * @param message the server's message, which names the column
 * @param times how often
 * @param firstAt when it was first told
 * @param lastAt when it was last told
 */
public record RetiredUse(
        String release,
        String role,
        String application,
        String instance,
        String sqlState,
        String message,
        long times,
        Instant firstAt,
        Instant lastAt) {}
