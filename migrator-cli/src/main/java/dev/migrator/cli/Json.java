package dev.migrator.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.migrator.engine.Event;
import dev.migrator.engine.Waiting;
import dev.migrator.pg.BackfillStatus;
import dev.migrator.pg.FailedRow;
import dev.migrator.pg.GateStatus;
import dev.migrator.pg.InstanceStatus;
import dev.migrator.pg.MigrationStatus;
import dev.migrator.pg.RetiredUse;
import dev.migrator.pg.ThrottleStatus;
import dev.migrator.pg.WorkerStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What machines read; the keys are a contract. */
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private Json() {}

    static String status(List<MigrationStatus> all) {
        return text(all.stream().map(Json::status).toList());
    }

    private static Map<String, @Nullable Object> status(MigrationStatus status) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", status.id());
        json.put("target", status.target());
        json.put("phase", status.position().phase().name());
        json.put("status", status.position().status().name());
        json.put("direction", status.position().direction().name());
        json.put("error", status.error().orElse(null));
        json.put("waiting", status.waiting().stream().map(Json::waiting).toList());
        json.put("gates", status.gates().stream().map(Json::gate).toList());
        json.put("backfill", status.backfill().map(Json::backfill).orElse(null));
        Map<String, Object> rollback = new LinkedHashMap<>();
        rollback.put("possible", status.rollback().possible());
        rollback.put("how", status.rollback().how());
        rollback.put("reason", status.rollback().reason());
        json.put("rollback", rollback);
        json.put("knobs", status.knobs());
        json.put(
                "retiredUses",
                status.retiredUses().stream().map(Json::retiredUse).toList());
        json.put("updatedAt", status.updatedAt().map(Object::toString).orElse(null));
        return json;
    }

    private static Map<String, Object> retiredUse(RetiredUse use) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("release", use.release());
        json.put("role", use.role());
        json.put("application", use.application());
        json.put("instance", use.instance());
        json.put("sqlState", use.sqlState());
        json.put("message", use.message());
        json.put("times", use.times());
        json.put("firstAt", use.firstAt().toString());
        json.put("lastAt", use.lastAt().toString());
        return json;
    }

    private static Map<String, Object> gate(GateStatus gate) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("phase", gate.phase().name());
        json.put("gate", gate.gate());
        json.put("verdict", gate.answer().verdict().name());
        json.put("reason", gate.answer().reason());
        json.put("data", gate.answer().data());
        json.put("since", gate.since().toString());
        json.put("askedAt", gate.askedAt().toString());
        return json;
    }

    static String instances(List<InstanceStatus> instances) {
        return text(instances.stream().map(Json::instance).toList());
    }

    private static Map<String, Object> instance(InstanceStatus instance) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", instance.id());
        json.put("release", instance.release());
        json.put("role", instance.role());
        json.put("application", instance.application());
        json.put("registeredAt", instance.registeredAt().toString());
        json.put("heartbeatAt", instance.heartbeatAt().toString());
        json.put("expiresAt", instance.expiresAt().toString());
        Map<String, Object> migrations = new LinkedHashMap<>();
        instance.uses()
                .forEach((id, use) ->
                        migrations.put(id, Map.of("uses", use.uses().name(), "acknowledged", use.acknowledged())));
        json.put("migrations", migrations);
        return json;
    }

    private static Map<String, String> waiting(Waiting waiting) {
        Map<String, String> json = new LinkedHashMap<>();
        json.put("gate", waiting.gate());
        json.put("reason", waiting.reason());
        return json;
    }

    private static Map<String, @Nullable Object> backfill(BackfillStatus backfill) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("blocksTotal", backfill.blocksTotal());
        json.put("blocksDone", backfill.blocksDone());
        json.put("rows", backfill.rows());
        json.put("rowsPerSecond", orNull(backfill.rowsPerSecond()));
        json.put("etaSeconds", orNull(backfill.etaSeconds()));
        json.put("skipped", backfill.skipped());
        json.put("failedRows", backfill.failedRows());
        json.put("throttle", backfill.throttle().map(Json::throttle).orElse(null));
        json.put(
                "freshness",
                backfill.freshness()
                        .map(freshness ->
                                Map.of("entries", freshness.entries(), "oldestSeconds", freshness.oldestSeconds()))
                        .orElse(null));
        json.put("workers", backfill.workers().stream().map(Json::worker).toList());
        return json;
    }

    private static Map<String, @Nullable Object> throttle(ThrottleStatus throttle) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("pace", throttle.pace());
        json.put("factor", throttle.factor());
        json.put("reason", throttle.reason());
        json.put("until", throttle.until().map(Object::toString).orElse(null));
        return json;
    }

    private static Map<String, @Nullable Object> worker(WorkerStatus worker) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("worker", worker.name());
        json.putAll(throttle(worker.throttle()));
        json.put(
                "batchMillis",
                worker.batch().map(batch -> batch.toNanos() / 1e6).orElse(null));
        json.put("seenAt", worker.seenAt().toString());
        json.put("notes", worker.notes());
        return json;
    }

    private static @Nullable Object orNull(Optional<?> value) {
        return value.isPresent() ? value.get() : null;
    }

    static String failedRows(List<FailedRow> rows) {
        return text(rows.stream().map(Json::failedRow).toList());
    }

    private static Map<String, String> failedRow(FailedRow row) {
        Map<String, String> json = new LinkedHashMap<>();
        json.put("key", row.key());
        json.put("sqlState", row.sqlState());
        json.put("message", row.message());
        return json;
    }

    static String history(List<Event> events) {
        return text(events.stream().map(Json::event).toList());
    }

    private static Map<String, String> event(Event event) {
        Map<String, String> json = new LinkedHashMap<>();
        json.put("at", event.at().toString());
        json.put("phase", event.phase().name());
        json.put("event", event.event());
        json.put("actor", event.actor());
        json.put("release", event.release());
        json.put("detail", event.detail());
        return json;
    }

    private static String text(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps of texts and numbers are always JSON", e);
        }
    }
}
