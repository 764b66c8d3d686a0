package dev.migrator.pg;

import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.state.StateSql;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** Reads who has named what a migration has retired. */
final class RetiredUseReader {
    private final DataSource source;
    private final StateSql sql;

    RetiredUseReader(DataSource source, StateSql sql) {
        this.source = source;
        this.sql = sql;
    }

    /** The migrations of which somebody has named what they have retired. */
    Set<String> migrations() {
        return Session.with(
                        source,
                        session -> session.query(
                                "SELECT DISTINCT migration FROM "
                                        + sql.table("retired_use").quoted() + " WHERE target = ?",
                                sql.target()))
                .stream()
                .map(row -> row.text("migration"))
                .collect(Collectors.toSet());
    }

    /** Those of a migration since its CONTRACT, the last one first. */
    List<RetiredUse> of(String migration) {
        return Session.with(
                        source,
                        session -> session.hasTable(sql.table("retired_use"))
                                ? session.query(
                                        "SELECT * FROM "
                                                + sql.table("retired_use").quoted()
                                                + " WHERE target = ? AND migration = ? ORDER BY last_at DESC",
                                        sql.target(),
                                        migration)
                                : List.<Row>of())
                .stream()
                .map(row -> new RetiredUse(
                        row.text("release"),
                        row.text("role"),
                        row.text("application"),
                        row.text("instance"),
                        row.text("sqlstate"),
                        row.text("message"),
                        row.number("times"),
                        row.time("first_at"),
                        row.time("last_at")))
                .toList();
    }
}
