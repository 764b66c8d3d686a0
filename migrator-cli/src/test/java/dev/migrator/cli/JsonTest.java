package dev.migrator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.engine.Event;
import dev.migrator.engine.Waiting;
import dev.migrator.pg.BackfillStatus;
import dev.migrator.pg.MigrationStatus;
import dev.migrator.pg.ThrottleStatus;
import dev.migrator.pg.WorkerStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The keys are a contract: a key that is renamed here breaks somebody's pipeline. */
class JsonTest {

    private static JsonNode parse(String json) throws JsonProcessingException {
        return new ObjectMapper().readTree(json);
    }

    private static JsonNode status(MigrationStatus status) throws JsonProcessingException {
        return parse(Json.status(List.of(status))).get(0);
    }

    private static List<String> keys(JsonNode object) {
        return object.properties().stream().map(entry -> entry.getKey()).toList();
    }

    @Test
    void aStatusHasTheKeysOfTheContract() throws JsonProcessingException {
        JsonNode json = status(Statuses.at(Phase.CONTRACT, Status.WAITING)
                .waiting(new Waiting("approval", "nobody"), new Waiting("soak", "soaks until tomorrow"))
                .backfill(new BackfillStatus(10, 9, 100, Optional.of(12.5), Optional.of(3L), 2, 1))
                .named("0001_users"));
        assertThat(keys(json))
                .contains(
                        "id",
                        "phase",
                        "status",
                        "error",
                        "waiting",
                        "backfill",
                        "updatedAt",
                        "direction",
                        "rollback",
                        "target");
        assertThat(json.get("id").asText()).isEqualTo("0001_users");
        assertThat(json.get("phase").asText()).isEqualTo("CONTRACT");
        assertThat(json.get("status").asText()).isEqualTo("WAITING");
        assertThat(json.get("direction").asText()).isEqualTo("FORWARD");
        assertThat(json.get("target").asText()).isEqualTo("shop");
        assertThat(json.get("updatedAt").asText()).isEqualTo("2026-03-01T10:20:30.123456Z");
        assertThat(json.get("waiting")).hasSize(2);
        assertThat(keys(json.get("waiting").get(0))).containsExactly("gate", "reason");
        assertThat(keys(json.get("rollback"))).containsExactly("possible", "how", "reason");
        assertThat(keys(json.get("backfill")))
                .containsExactly(
                        "blocksTotal",
                        "blocksDone",
                        "rows",
                        "rowsPerSecond",
                        "etaSeconds",
                        "skipped",
                        "failedRows",
                        "throttle",
                        "freshness",
                        "workers");
        assertThat(json.get("backfill").get("rowsPerSecond").asDouble()).isEqualTo(12.5);
        assertThat(json.get("backfill").get("failedRows").asLong()).isEqualTo(1);
    }

    @Test
    void theThrottleIsThatOfTheWorkerThatItHoldsBackMost() throws JsonProcessingException {
        JsonNode json = status(Statuses.at(Phase.BACKFILL, Status.RUNNING)
                .tuned(Map.of("workers", "2"))
                .backfill(new BackfillStatus(
                        10,
                        9,
                        100,
                        Optional.of(12.5),
                        Optional.of(3L),
                        0,
                        0,
                        List.of(
                                worker("w1", new ThrottleStatus(ThrottleStatus.SLOW, 9.5, "busy", Optional.empty())),
                                worker(
                                        "w2",
                                        new ThrottleStatus(
                                                ThrottleStatus.STOPPED, 1, "night", Optional.of(Statuses.UPDATED))),
                                worker("w3", new ThrottleStatus(ThrottleStatus.NORMAL, 1, "", Optional.empty())))))
                .named("0001"));
        JsonNode throttle = json.get("backfill").get("throttle");
        assertThat(keys(throttle)).containsExactly("pace", "factor", "reason", "until");
        assertThat(throttle.get("pace").asText()).isEqualTo("STOPPED");
        assertThat(throttle.get("reason").asText()).isEqualTo("night");
        assertThat(throttle.get("until").asText()).isEqualTo(Statuses.UPDATED.toString());
        JsonNode first = json.get("backfill").get("workers").get(0);
        assertThat(keys(first))
                .containsExactly("worker", "pace", "factor", "reason", "until", "batchMillis", "seenAt", "notes");
        assertThat(first.get("batchMillis").asDouble()).isEqualTo(12.5);
        assertThat(first.get("until").isNull()).isTrue();
        assertThat(json.get("knobs").get("workers").asText()).isEqualTo("2");
    }

    private static WorkerStatus worker(String name, ThrottleStatus throttle) {
        return new WorkerStatus(
                name, throttle, Optional.of(Duration.ofNanos(12_500_000)), Statuses.UPDATED, List.of("a note"));
    }

    @Test
    void whatThereIsNotIsNullAndNotLeftOut() throws JsonProcessingException {
        JsonNode json = status(Statuses.neverStarted("0001"));
        assertThat(json.get("error").isNull()).isTrue();
        assertThat(json.get("backfill").isNull()).isTrue();
        assertThat(json.get("updatedAt").isNull()).isTrue();
        assertThat(json.get("waiting").isArray()).isTrue();
        assertThat(json.get("waiting")).isEmpty();
        JsonNode young = status(Statuses.at(Phase.BACKFILL, Status.RUNNING)
                .backfill(new BackfillStatus(10, 0, 0, Optional.empty(), Optional.empty(), 0, 0))
                .named("0001"));
        assertThat(young.get("backfill").get("rowsPerSecond").isNull()).isTrue();
        assertThat(young.get("backfill").get("etaSeconds").isNull()).isTrue();
        assertThat(young.get("backfill").get("throttle").isNull()).isTrue();
        assertThat(young.get("backfill").get("workers")).isEmpty();
    }

    @Test
    void aHistoryHasTheKeysOfTheContract() throws JsonProcessingException {
        JsonNode json = parse(Json.history(List.of(
                new Event(Statuses.UPDATED, Phase.EXPAND, "started", "ann", "v42", "a \"quoted\" word and ümlauts"))));
        assertThat(keys(json.get(0))).containsExactly("at", "phase", "event", "actor", "release", "detail");
        assertThat(json.get(0).get("at").asText()).isEqualTo("2026-03-01T10:20:30.123456Z");
        assertThat(json.get(0).get("detail").asText()).isEqualTo("a \"quoted\" word and ümlauts");
    }

    @Test
    void nothingIsAnEmptyArray() throws JsonProcessingException {
        assertThat(parse(Json.status(List.of()))).isEmpty();
        assertThat(parse(Json.history(List.of())).isArray()).isTrue();
    }
}
