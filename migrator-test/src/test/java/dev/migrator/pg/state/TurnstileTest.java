package dev.migrator.pg.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.engine.Lease;
import dev.migrator.pg.execute.Application;
import dev.migrator.test.internal.Waiting;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Workers that, all together, always hold the token's row. */
class TurnstileTest {
    private static final String ID = "0001_m";

    @Test
    void whoeverWantsTheLeaseWaitsForThoseAtWorkAndNotForThoseWhoComeLater() {
        try (StateSite site = StateSite.installed()) {
            Lease lease = site.lease(ID);
            String batch = "BEGIN; " + site.store.sql().fence(lease) + "; SELECT pg_sleep(0.1); COMMIT";
            try (Application workers = new Application(site.db, 4, n -> batch)) {
                Waiting.until(Duration.ofMinutes(1), () -> "no work", () -> workers.completed() > 8);
                site.store.release(lease);
                int before = workers.completed();

                assertThat(site.store.acquire(ID, "host/2/b", Duration.ofMinutes(1)))
                        .isPresent();
                assertThat(workers.completed() - before)
                        .as("transactions that it waited for")
                        .isLessThan(20);
            }
        }
    }
}
