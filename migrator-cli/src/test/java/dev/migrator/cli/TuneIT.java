package dev.migrator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.migrator.cli.Command.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backfill that runs in one process is tuned and watched from others. */
class TuneIT {
    private static final String FILE = "0001_label.yaml";
    private static final String MIGRATION =
            "operations: [ { renameColumn: { table: users, column: name, to: label } } ]\n";

    @TempDir
    Path folder;

    @TempDir
    Path elsewhere;

    private CommandSite site;
    private Command other;

    @BeforeEach
    void createDatabase() {
        site = CommandSite.in(
                folder,
                "CREATE TABLE users (id int PRIMARY KEY, name text)",
                "INSERT INTO users SELECT g, 'n' || g FROM generate_series(1, 1000) g");
        site.command().file(FILE, MIGRATION);
        other = new Command(elsewhere, site.database()).file(FILE, MIGRATION);
    }

    @AfterEach
    void dropDatabase() {
        site.close();
    }

    /** A limit that every server is above: its oldest transaction that is not frozen is older. */
    private static final String STOP = "wraparoundAge=..1";

    private JsonNode awaitStopped() {
        long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (site.database().queryLong("SELECT count(*) FROM migrator.backfill_worker WHERE pace = 'STOPPED'") == 0) {
            assertThat(System.nanoTime()).as("it has not been stopped").isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        return other.run("status", "--json").json().get(0);
    }

    @Test
    void aRunThatIsStoppedSaysWhyAndGoesOnWhenAnotherProcessSaysSo() throws Exception {
        Result tuned = other.run("tune", "0001_label", "--throttle", STOP, "--batch-target", "20ms");
        assertThat(tuned.code()).as(tuned.err()).isZero();
        assertThat(tuned.out()).contains("0001_label: tuned: batchTarget=20ms, throttle.wraparoundAge=..1");
        Process engine = site.command().start("migrate");

        JsonNode status = awaitStopped();
        assertThat(status.get("knobs").get("batchTarget").asText()).isEqualTo("20ms");
        JsonNode throttle = status.get("backfill").get("throttle");
        assertThat(throttle.get("pace").asText()).isEqualTo("STOPPED");
        assertThat(throttle.get("reason").asText()).contains("not frozen", "stopped above 1");
        assertThat(status.get("backfill").get("workers")).hasSize(1);
        assertThat(status.get("backfill").get("rows").asLong()).isZero();

        Result wrong = other.run("tune", "0001_label", "--throttle", "replicaLg=1s", "--workers", "none");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err())
                .contains("throttle.replicaLg: there is no such knob", "workers: is no whole number: 'none'")
                .contains("Nothing was changed.");
        assertThat(other.run("tune", "0001_label").code()).isEqualTo(2);

        assertThat(other.run("tune", "0001_label", "--reset").out()).contains("0001_label: as in the file");
        assertThat(engine.waitFor(1, TimeUnit.MINUTES)).isTrue();
        Result ended = site.command().result(engine);
        assertThat(ended.code()).as(ended.err()).isEqualTo(3);
        assertThat(ended.err()).contains("waits for age of the oldest transaction", "goes on");

        assertThat(other.run("history", "0001_label").out())
                .contains("tuned", "batchTarget=20ms, throttle.wraparoundAge=..1; now: batchTarget=20ms")
                .contains("throttle-stopped", "throttle-resumed", "reset; now: as in the file")
                .doesNotContain("replicaLg");
        assertThat(site.database().queryLong("SELECT count(*) FROM users WHERE label IS DISTINCT FROM 'n' || id"))
                .isZero();
    }
}
