package dev.migrator.pg.internal.throttle;

import dev.migrator.pg.internal.sql.Row;
import dev.migrator.throttle.ThrottleKey;
import dev.migrator.throttle.ThrottleSettings;
import java.sql.SQLException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many segments of WAL are written and not archived. With {@code pg_monitor} they are counted; without it they are told
 * from the name of the last one that was archived.
 */
final class ArchiveBacklog implements Signal {
    private static final Pattern SEGMENT = Pattern.compile("[0-9A-F]{8}([0-9A-F]{8})([0-9A-F]{8}).*");
    private static final String QUERY =
            """
            SELECT pg_catalog.current_setting('archive_mode') AS mode,
                pg_catalog.has_function_privilege('pg_catalog.pg_ls_archive_statusdir()', 'EXECUTE') AS counts,
                pg_catalog.pg_size_bytes(pg_catalog.current_setting('wal_segment_size')) AS size,
                pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()) AS current,
                a.last_archived_wal AS archived,
                COALESCE(a.last_failed_time > COALESCE(a.last_archived_time, '-infinity'), false) AS fails
            FROM pg_catalog.pg_stat_archiver AS a""";
    private static final String COUNT =
            """
            SELECT pg_catalog.count(*) AS waiting FROM pg_catalog.pg_ls_archive_statusdir() AS f
            WHERE f.name LIKE '%.ready'""";

    @Override
    public ThrottleKey key() {
        return ThrottleKey.ARCHIVE_BACKLOG;
    }

    @Override
    public String noun() {
        return "segments of WAL that are not archived";
    }

    @Override
    public Reading read(Look look, ThrottleSettings settings) throws SQLException {
        Row row = look.row(QUERY);
        String about = row.isTrue("fails") ? "the last attempt to archive has failed" : "";
        if (row.text("mode").equals("off")) {
            return new Reading.Level(0, "");
        }
        if (row.isTrue("counts")) {
            return new Reading.Level(look.row(COUNT).number("waiting"), about);
        }
        Optional<Long> archived = row.optionalText("archived").flatMap(name -> number(name, row.number("size")));
        Optional<Long> current = number(row.text("current"), row.number("size"));
        return archived.isEmpty() || current.isEmpty()
                ? new Reading.Unknown(
                        "nothing has been archived since the statistics began, and this role may not count"
                                + " what waits: GRANT pg_monitor to it")
                : new Reading.Level(Math.max(0, current.get() - archived.get() - 1), about);
    }

    private static Optional<Long> number(String segment, long size) {
        Matcher matcher = SEGMENT.matcher(segment);
        return matcher.matches()
                ? Optional.of(Long.parseLong(matcher.group(1), 16) * (0x1_0000_0000L / size)
                        + Long.parseLong(matcher.group(2), 16))
                : Optional.empty();
    }
}
