package dev.migrator.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.BackfillSettings;
import dev.migrator.Migration;
import dev.migrator.MigrationFiles;
import dev.migrator.SampleFile;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ThrottleSettingsTest {
    private static final String OPERATIONS = "operations: [ { sql: { expand: x } } ]\n";

    private static ThrottleLimit limit(ThrottleKey key, String value) {
        return ThrottleSettings.defaults().with(key, value).limit(key).orElseThrow();
    }

    @Test
    void aLimitIsOneValueOrTwoOrOneSide() {
        assertThat(limit(ThrottleKey.REPLICA_LAG, "10s"))
                .isEqualTo(
                        new ThrottleLimit(ThrottleUnit.DURATION, OptionalDouble.of(5000), OptionalDouble.of(10_000)));
        assertThat(limit(ThrottleKey.REPLICA_BYTES, "64MB..1GB"))
                .isEqualTo(
                        new ThrottleLimit(ThrottleUnit.SIZE, OptionalDouble.of(64 << 20), OptionalDouble.of(1 << 30)));
        assertThat(limit(ThrottleKey.ARCHIVE_BACKLOG, "..42").slowAbove()).isEmpty();
        assertThat(limit(ThrottleKey.DEAD_TUPLES, "12.5%..").stopAbove()).isEmpty();
    }

    @Test
    void whatIsOffIsNotLookedAtAndWhatIsLeftOutHasItsDefault() {
        ThrottleSettings settings = ThrottleSettings.defaults().with(ThrottleKey.WAITERS, "off");
        assertThat(settings.limit(ThrottleKey.WAITERS)).isEmpty();
        assertThat(settings.asks(ThrottleKey.WAITERS)).isFalse();
        assertThat(settings.limit(ThrottleKey.WRAPAROUND_AGE)).isPresent();
        assertThat(settings.asks(ThrottleKey.WRAPAROUND_AGE)).isFalse();
        assertThat(settings.limit(ThrottleKey.REPLICA_LAG)).isEmpty();
    }

    @Test
    void aFileSaysItAndTheChecksumDoesNotKnow() {
        Migration plain = MigrationFiles.parse("m", "m.yaml", OPERATIONS);
        Migration throttled = MigrationFiles.parse(
                "m",
                "m.yaml",
                OPERATIONS
                        + """
                        backfill:
                          pauseAboveReplicaLag: 10s
                          throttle: { standbys: 2, archiveBacklog: 20..42, probe: "SELECT 1", windows: 22:00-06:00 }
                        """);
        ThrottleSettings settings = throttled.backfill().effectiveThrottle();
        assertThat(settings.value(ThrottleKey.STANDBYS)).contains("2");
        assertThat(settings.limit(ThrottleKey.ARCHIVE_BACKLOG).orElseThrow().slowAbove())
                .hasValue(20);
        assertThat(settings.limit(ThrottleKey.REPLICA_LAG)).contains(limit(ThrottleKey.REPLICA_LAG, "5s..10s"));
        assertThat(throttled.checksum()).isEqualTo(plain.checksum());
    }

    @Test
    void whatIsWrongIsSaidWhereItStands() {
        assertThat(
                        SampleFile.problems(
                                OPERATIONS
                                        + """
                        backfill:
                          throttle:
                            replicaLg: 10s
                            replicaLag: 10
                            replicaBytes: 2GB..1GB
                            standbys: 0
                            deadTuples: 20
                            windows: 25:00-06:00
                            slotBytes: ..
                        """))
                .containsExactly("4:5: backfill.throttle: unknown key 'replicaLg'; did you mean 'replicaLag'?");
        assertThat(
                        SampleFile.problems(
                                OPERATIONS
                                        + """
                        backfill:
                          throttle:
                            replicaLag: 10
                            replicaBytes: 2GB..1GB
                            standbys: 0
                            deadTuples: 20
                            windows: 25:00-06:00
                            slotBytes: ..
                        """))
                .satisfiesExactly(
                        p -> assertThat(p).startsWith("4:17: backfill.throttle.replicaLag: has no unit: '10'"),
                        p -> assertThat(p)
                                .isEqualTo("5:19: backfill.throttle.replicaBytes: slows down above 2 GB, which is not"
                                        + " less than 1 GB, above which it stops"),
                        p -> assertThat(p).contains("standbys: is 0; it must be 1 or more, or off"),
                        p -> assertThat(p).contains("deadTuples: is not a share such as 20%: '20'"),
                        p -> assertThat(p).contains("windows: is no time window: '25:00-06:00'"),
                        p -> assertThat(p).contains("slotBytes: limits nothing"));
    }

    @Test
    void knobsGoBeforeTheFile() {
        BackfillSettings file = BackfillSettings.defaults()
                .withPauseAboveReplicaLag(Optional.of(Duration.ofSeconds(10)))
                .withThrottle(ThrottleSettings.defaults().with(ThrottleKey.STANDBYS, "2"));
        BackfillSettings tuned = Knobs.none()
                .batchTarget(Duration.ofMillis(20))
                .workers(4)
                .with("pauseAboveReplicaLag", "off")
                .throttle(ThrottleKey.STANDBYS, "default")
                .throttle(ThrottleKey.SLOT_BYTES, "1GB")
                .over(file);
        assertThat(tuned.batchTarget()).isEqualTo(Duration.ofMillis(20));
        assertThat(tuned.workers()).isEqualTo(4);
        assertThat(tuned.effectiveThrottle().value(ThrottleKey.REPLICA_LAG)).isEmpty();
        assertThat(tuned.effectiveThrottle().value(ThrottleKey.STANDBYS)).contains("2");
        assertThat(tuned.effectiveThrottle().value(ThrottleKey.SLOT_BYTES)).contains("1GB");
    }

    @Test
    void aKnobThatCantBeIsRefusedWithWhatCan() {
        assertThatThrownBy(() -> new Knobs(Map.of("workers", "65", "batchTarget", "fast", "throttle.lag", "1s")))
                .hasMessageContaining("workers: is 65; it must be from 1 to 64")
                .hasMessageContaining("batchTarget: is no duration: 'fast'")
                .hasMessageContaining("throttle.lag: there is no such knob; there are batchTarget, workers,")
                .hasMessageContaining("throttle.replicaLag");
    }

    @Test
    void ofTwoAnswersTheStricterOneCounts() {
        ThrottleAnswer slow = ThrottleAnswer.slow(3, "slow");
        ThrottleAnswer slower = ThrottleAnswer.slow(4, "slower");
        ThrottleAnswer later = ThrottleAnswer.stop("later", Instant.parse("2026-01-02T00:00:00Z"));
        ThrottleAnswer soon = ThrottleAnswer.stop("soon", Instant.parse("2026-01-01T00:00:00Z"));
        assertThat(slow.stricter(slower)).isSameAs(slower);
        assertThat(slower.stricter(ThrottleAnswer.normal())).isSameAs(slower);
        assertThat(slower.stricter(soon)).isSameAs(soon);
        assertThat(soon.stricter(later)).isSameAs(later);
        assertThat(later.stricter(ThrottleAnswer.stop("who knows"))).isNotSameAs(later);
    }
}
