package dev.migrator.pg.internal.throttle;

import dev.migrator.pg.internal.sql.Row;
import dev.migrator.throttle.ThrottleKey;
import dev.migrator.throttle.ThrottleSettings;
import java.sql.SQLException;

/** How much WAL the server keeps for a replication slot: for a consumer that is behind, or for nobody. */
final class SlotBytes implements Signal {
    // A slot that has lost its WAL holds nothing back any more. Everybody may see the slots, those of other databases,
    // too.
    private static final String QUERY =
            """
            SELECT s.slot_name, s.active, s.wal_status, s.safe_wal_size,
                pg_catalog.pg_size_bytes(pg_catalog.current_setting('max_slot_wal_keep_size')) AS kept,
                GREATEST(0, pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(),
                    CASE WHEN s.slot_type = 'logical' THEN LEAST(s.confirmed_flush_lsn,
                        CASE WHEN NOT s.active THEN s.restart_lsn END) ELSE s.restart_lsn END))::pg_catalog.int8 AS behind
            FROM pg_catalog.pg_replication_slots AS s
            WHERE s.restart_lsn IS NOT NULL AND s.wal_status IS DISTINCT FROM 'lost'
                AND (s.slot_type = 'logical' OR NOT s.active)
            ORDER BY behind DESC""";

    @Override
    public ThrottleKey key() {
        return ThrottleKey.SLOT_BYTES;
    }

    @Override
    public String noun() {
        return "WAL kept for a replication slot";
    }

    @Override
    public Reading read(Look look, ThrottleSettings settings) throws SQLException {
        Reading.Level worst = new Reading.Level(0, "");
        for (Row row : look.rows(QUERY)) {
            String slot = "slot '" + row.text("slot_name") + "'" + (row.isTrue("active") ? "" : ", which nobody reads");
            if (isAboutToBeLost(row)) {
                return new Reading.Bad("replication " + slot + " is about to lose the WAL that it needs (wal_status "
                        + row.text("wal_status") + ", max_slot_wal_keep_size)");
            }
            if (row.number("behind") > worst.value()) {
                worst = new Reading.Level(row.number("behind"), slot);
            }
        }
        return worst;
    }

    /** Three quarters of what may be kept are used up. */
    private static boolean isAboutToBeLost(Row row) {
        if (row.text("wal_status").equals("unreserved")) {
            return true;
        }
        long kept = row.number("kept");
        return kept > 0
                && row.optionalText("safe_wal_size")
                        .filter(safe -> Long.parseLong(safe) < kept / 4)
                        .isPresent();
    }
}
