package dev.migrator.pg;

import dev.migrator.Uses;
import dev.migrator.pg.internal.release.InstanceTable;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.state.StateSql;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.sql.DataSource;

/** Reads who is live, for people. */
final class InstanceReader {
    private final DataSource source;
    private final InstanceTable table;

    InstanceReader(DataSource source, StateSql sql) {
        this.source = source;
        this.table = new InstanceTable(sql);
    }

    List<InstanceStatus> live() {
        return Session.with(source, table::live).stream()
                .map(live -> status(live.row(), live.uses()))
                .toList();
    }

    private static InstanceStatus status(Row row, List<Row> uses) {
        SortedMap<String, InstanceStatus.Use> byMigration = new TreeMap<>();
        uses.forEach(use -> byMigration.put(
                use.text("migration"),
                new InstanceStatus.Use(
                        Uses.valueOf(use.text("uses")),
                        use.optionalText("acknowledged").isPresent() && use.isTrue("acknowledged"))));
        return new InstanceStatus(
                row.text("instance"),
                row.text("release"),
                row.text("role"),
                row.text("application"),
                row.time("registered_at"),
                row.time("heartbeat_at"),
                row.time("expires_at"),
                byMigration);
    }
}
