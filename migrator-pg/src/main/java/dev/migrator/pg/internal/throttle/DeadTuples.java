package dev.migrator.pg.internal.throttle;

import dev.migrator.pg.internal.sql.Literal;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.throttle.ThrottleKey;
import dev.migrator.throttle.ThrottleSettings;
import java.sql.SQLException;

/** The share of dead rows in the table that is filled, its partitions taken together, as the statistics have it. */
final class DeadTuples implements Signal {
    private static final String QUERY =
            """
            WITH RECURSIVE tree AS (
                SELECT pg_catalog.to_regclass(%s)::pg_catalog.oid AS relation
                UNION
                SELECT i.inhrelid FROM tree AS t JOIN pg_catalog.pg_inherits AS i ON i.inhparent = t.relation
            )
            SELECT pg_catalog.current_setting('track_counts') AS tracked,
                pg_catalog.sum(s.n_dead_tup)::pg_catalog.int8 AS dead,
                pg_catalog.sum(s.n_live_tup + s.n_dead_tup)::pg_catalog.int8 AS rows,
                pg_catalog.max(s.last_autovacuum) AS vacuumed
            FROM tree AS t JOIN pg_catalog.pg_stat_all_tables AS s ON s.relid = t.relation""";

    @Override
    public ThrottleKey key() {
        return ThrottleKey.DEAD_TUPLES;
    }

    @Override
    public String noun() {
        return "dead rows in the table";
    }

    @Override
    public Reading read(Look look, ThrottleSettings settings) throws SQLException {
        Row row = look.row(QUERY.formatted(Literal.text(look.table().quoted())));
        if (row.optionalText("rows").isEmpty()) {
            return new Reading.Unknown("there are no statistics of " + look.table());
        }
        if (!row.text("tracked").equals("on")) {
            return new Reading.Unknown("the server does not count dead rows: track_counts is off");
        }
        String vacuum = "last autovacuum " + row.optionalText("vacuumed").orElse("never");
        return row.number("rows") == 0
                ? new Reading.Level(0, "")
                : new Reading.Level(100.0 * row.number("dead") / row.number("rows"), vacuum);
    }
}
