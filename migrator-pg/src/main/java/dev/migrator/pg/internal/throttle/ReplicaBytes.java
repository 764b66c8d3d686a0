package dev.migrator.pg.internal.throttle;

import dev.migrator.throttle.ThrottleKey;
import dev.migrator.throttle.ThrottleSettings;
import java.sql.SQLException;

/** How much WAL a standby has not replayed yet. */
final class ReplicaBytes implements Signal {
    @Override
    public ThrottleKey key() {
        return ThrottleKey.REPLICA_BYTES;
    }

    @Override
    public String noun() {
        return "WAL that is not replayed yet";
    }

    @Override
    public Reading read(Look look, ThrottleSettings settings) throws SQLException {
        Replication replication = Replication.of(look);
        if (replication.hidden()) {
            return new Reading.Unknown(Replication.HIDDEN);
        }
        Reading.Level worst = new Reading.Level(0, "");
        for (Replication.Standby standby : replication.standbys()) {
            if (standby.replayed().isEmpty()) {
                return new Reading.Unknown("standby '" + standby.name() + "' has not said yet how far it is");
            }
            long behind = replication.written() - standby.replayed().get();
            if (behind > worst.value()) {
                worst = new Reading.Level(behind, "standby '" + standby.name() + "'");
            }
        }
        return worst;
    }
}
