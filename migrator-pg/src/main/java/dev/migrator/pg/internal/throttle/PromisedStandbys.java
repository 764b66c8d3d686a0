package dev.migrator.pg.internal.throttle;

import dev.migrator.throttle.Standbys;
import dev.migrator.throttle.ThrottleKey;
import dev.migrator.throttle.ThrottleSettings;
import java.sql.SQLException;
import java.util.List;

/** Whether the standbys that were promised are streaming: one that is not there has no lag that anybody could measure. */
final class PromisedStandbys implements Signal {
    @Override
    public ThrottleKey key() {
        return ThrottleKey.STANDBYS;
    }

    @Override
    public String noun() {
        return "standbys";
    }

    @Override
    public Reading read(Look look, ThrottleSettings settings) throws SQLException {
        Standbys promised = Standbys.parse(settings.value(key()).orElseThrow());
        Replication replication = Replication.of(look);
        if (replication.hidden()) {
            return new Reading.Unknown(Replication.HIDDEN);
        }
        List<String> streaming = replication.standbys().stream()
                .filter(Replication.Standby::streaming)
                .map(Replication.Standby::name)
                .toList();
        List<String> missing = promised.names().stream()
                .filter(name -> !streaming.contains(name))
                .toList();
        if (!missing.isEmpty()) {
            return new Reading.Bad("standbys that are promised are not streaming: " + String.join(", ", missing));
        }
        return streaming.size() < promised.number()
                ? new Reading.Bad(streaming.size() + " of " + promised.number() + " promised standbys are streaming")
                : new Reading.Fine();
    }
}
