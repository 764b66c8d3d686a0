package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Gate;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Shape;
import dev.migrator.Uses;
import dev.migrator.engine.Outcome;
import dev.migrator.test.internal.Waiting;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A process that is paused past its lease, while the shape goes that it uses, meets no statement that fails by that. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class PausedProcessTest extends ReleaseSite {
    /** Its sessions would be those of a stranger when its lease has run out, and be waited for, too. */
    static final Migration REGISTERED = Migration.builder("0001_name")
            .renameColumn("users", "name", "full_name")
            .gates(Phase.CONTRACT, new Gate.Releases(Optional.empty(), List.of(), List.of(), true))
            .gates(Phase.PURGE)
            .build();

    private static void signal(String name, Process process) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private Process application() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PausedApplication.class.getName(),
                        database.url(),
                        database.dataSource().getUser(),
                        String.valueOf(database.dataSource().getPassword()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void skipTo(BufferedReader output, String line) throws IOException {
        String said = output.readLine();
        while (!line.equals(said)) {
            assertThat(said).as("before: " + line).isNotNull();
            said = output.readLine();
        }
    }

    @Test
    void whatItDoesWhenItWakesIsRefusedOrOfTheNewShapeAndAKilledOneHoldsNothingUp() throws Exception {
        // Whoever stands still inside of a transaction may hold a lock, and is to go on then.
        PostgresMigrator migrator = PostgresMigrator.builder(database.dataSource())
                .release("2.0")
                .migrations(List.of(REGISTERED))
                .lockDeadline(Duration.ofSeconds(1))
                .retryFor(Duration.ZERO)
                .build();
        migrator.migrate(Phase.BACKFILL);
        Process process = application();
        try (ApplicationInstance modern = migrator.register(uses(Uses.BOTH));
                BufferedReader output =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            skipTo(output, "OLD");
            signal("STOP", process);
            // It stands still between two transactions or inside of one, which then is waited for.
            boolean contracted = contractsWithin(migrator, Duration.ofSeconds(20));
            signal("CONT", process);
            Waiting.until(Duration.ofMinutes(1), () -> "CONTRACT waits on", () -> contracted || contracts(migrator));
            skipTo(output, "NEW");
            assertThat(modern.shape(REGISTERED.id())).isEqualTo(Shape.NEW);
            Waiting.until(
                    Duration.ofMinutes(1),
                    () -> "the rollback waits on",
                    () -> migrator.rollback(REGISTERED.id(), Optional.of(Phase.BACKFILL)) instanceof Outcome.Arrived);
            skipTo(output, "OLD");
            process.destroyForcibly().waitFor();
            Waiting.until(
                    Duration.ofMinutes(1),
                    () -> "the killed instance holds the rollback up",
                    () -> migrator.rollback(REGISTERED.id(), Optional.empty()) instanceof Outcome.Arrived);
            assertThat(database.queryLong("SELECT count(*) FROM users WHERE name IS DISTINCT FROM 'user ' || id"))
                    .isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    private static boolean contracts(PostgresMigrator migrator) {
        return migrator.migrate(Phase.CONTRACT).get(0).outcome() instanceof Outcome.Arrived;
    }

    private static boolean contractsWithin(PostgresMigrator migrator, Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            Outcome outcome = migrator.migrate(Phase.CONTRACT).get(0).outcome();
            if (outcome instanceof Outcome.Arrived) {
                return true;
            }
            boolean inside = outcome instanceof Outcome.Waits waits
                    && waits.reasons().get(0).reason().contains("from before the instances");
            if (inside || outcome instanceof Outcome.Failed) {
                return false;
            }
        }
        return false;
    }
}
