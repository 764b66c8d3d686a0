package dev.migrator.pg;

import dev.migrator.Direction;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.engine.Event;
import dev.migrator.engine.MigrationState;
import dev.migrator.engine.Position;
import dev.migrator.engine.Waiting;
import dev.migrator.pg.internal.backfill.FillSummary;
import dev.migrator.pg.internal.backfill.QueueLag;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.state.PgStore;
import dev.migrator.pg.internal.state.StateSchema;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import javax.sql.DataSource;

/** Reads where migrations stand; needs no lease and writes nothing. */
final class StatusReader {
    private static final int EXAMPLES = 20;
    private static final Set<String> BEGINS = Set.of("phase-started", "phase-resumed");
    private static final Set<String> ENDS = Set.of("paused", "failed", "phase-complete", "rollback-started");

    private final DataSource source;
    private final Server server;
    private final PgStore store;
    private final StateSchema stateSchema;
    private final Function<String, List<Waiting>> beforeStart;
    private final WayBack wayBack;
    private final WorkerReader workers;
    private final GateReader gates;
    private final RetiredUseReader retiredUses;

    /**
     * A reader.
     *
     * @param beforeStart tells what a migration that has not started waits for
     */
    StatusReader(
            DataSource source,
            Server server,
            PgStore store,
            StateSchema stateSchema,
            Function<String, List<Waiting>> beforeStart) {
        this.beforeStart = beforeStart;
        this.source = source;
        this.server = server;
        this.store = store;
        this.stateSchema = stateSchema;
        this.wayBack = new WayBack(source);
        this.workers = new WorkerReader(source, store.sql());
        this.gates = new GateReader(source, store.sql());
        this.retiredUses = new RetiredUseReader(source, store.sql());
    }

    List<MigrationStatus> of(List<String> ids) {
        boolean installed = stateSchema.isInstalled();
        return ids.stream()
                .map(id -> installed
                        ? store.find(id)
                                .map(this::started)
                                .orElseGet(() -> neverStarted(id, store.isPaused(id), workers.knobs(id)))
                        : neverStarted(id, false, Map.of()))
                .toList();
    }

    private MigrationStatus neverStarted(String id, boolean paused, Map<String, String> knobs) {
        return new MigrationStatus(
                id,
                server.database(),
                new Position(Phase.EXPAND, paused ? Status.PAUSED : Status.PENDING, Direction.FORWARD),
                Optional.empty(),
                beforeStart.apply(id),
                List.of(),
                Optional.empty(),
                List.of(),
                RollbackStatus.impossible("it has not started"),
                Optional.empty(),
                knobs,
                List.of());
    }

    private MigrationStatus started(MigrationState state) {
        Status shown = state.status();
        if (store.isPaused(state.id()) && !state.isFinished()) {
            shown = Status.PAUSED;
        } else if (shown == Status.PAUSED) {
            shown = Status.PENDING; // somebody has resumed it, and no engine has come by yet
        }
        return new MigrationStatus(
                state.id(),
                server.database(),
                new Position(state.phase(), shown, state.direction()),
                state.error(),
                state.waiting(),
                gates.gates(state),
                backfill(state.id()),
                failedRows(state.id(), " LIMIT " + EXAMPLES),
                wayBack.of(state, store.steps(state.id())),
                Optional.of(state.updatedAt()),
                workers.knobs(state.id()),
                retiredUses.of(state.id()));
    }

    Map<String, String> knobs(String id) {
        return workers.knobs(id);
    }

    private String table(String name) {
        return store.sql().table(name).quoted();
    }

    private Optional<BackfillStatus> backfill(String id) {
        String target = store.sql().target();
        FillSummary summary = Session.with(
                source,
                session -> FillSummary.of(session.query(
                                FillSummary.query(table("backfill_chunk"), "target = ? AND migration = ?"), target, id)
                        .get(0)));
        if (summary.ranges() == 0) {
            return Optional.empty();
        }
        String sql =
                """
                SELECT (SELECT pg_catalog.count(*) FROM %1$s AS f WHERE f.target = ? AND f.migration = ?) AS failed,
                    COALESCE((SELECT CASE WHEN l.expires_at > pg_catalog.clock_timestamp() THEN NULL ELSE l.heartbeat_at END
                        FROM %2$s AS l WHERE l.target = ? AND l.migration = ?), pg_catalog.clock_timestamp()) AS until"""
                        .formatted(table("failed_row"), table("control"));
        Row row = Session.with(source, session -> session.query(sql, target, id, target, id))
                .get(0);
        return Optional.of(backfill(
                summary,
                row.number("failed"),
                workingTime(store.history(id), row.time("until")),
                workers.workers(id),
                freshness(id)));
    }

    private Optional<BackfillStatus.Freshness> freshness(String id) {
        return Session.with(source, session -> QueueLag.open(session, store.sql(), id, store.steps(id)))
                .map(lag ->
                        new BackfillStatus.Freshness(lag.entries(), lag.oldest().toSeconds()));
    }

    private static BackfillStatus backfill(
            FillSummary summary,
            long failed,
            Duration working,
            List<WorkerStatus> workers,
            Optional<BackfillStatus.Freshness> freshness) {
        double seconds = working.toMillis() / 1000.0;
        long rows = summary.rows();
        long total = summary.blocksTotal();
        long done = summary.blocksDone();
        Optional<Double> rate = seconds > 0 && rows > 0 ? Optional.of(rows / seconds) : Optional.empty();
        Optional<Long> eta =
                seconds > 0 && done > 0 ? Optional.of(Math.round(seconds / done * (total - done))) : Optional.empty();
        return new BackfillStatus(
                total,
                done,
                rows,
                rate,
                done == total ? Optional.of(0L) : eta,
                summary.skipped(),
                failed,
                workers,
                freshness);
    }

    /**
     * How long a migration has been at its backfill, pauses left out.
     *
     * @param until when it was last known to be at work
     */
    static Duration workingTime(List<Event> history, Instant until) {
        Duration working = Duration.ZERO;
        Optional<Instant> since = Optional.empty();
        for (Event event : history) {
            if (event.event().equals("started")) {
                working = Duration.ZERO;
                since = Optional.empty();
            } else if (event.phase() == Phase.BACKFILL && BEGINS.contains(event.event())) {
                since = since.or(() -> Optional.of(event.at()));
            } else if (event.phase() == Phase.BACKFILL && ENDS.contains(event.event())) {
                working = working.plus(between(since, event.at()));
                since = Optional.empty();
            }
        }
        return working.plus(between(since, until));
    }

    private static Duration between(Optional<Instant> since, Instant until) {
        return since.map(from -> Duration.between(from, until))
                .filter(duration -> !duration.isNegative())
                .orElse(Duration.ZERO);
    }

    /** All rows that a migration's backfills could not fill. */
    List<FailedRow> allFailedRows(String id) {
        return stateSchema.isInstalled() ? failedRows(id, "") : List.of();
    }

    private List<FailedRow> failedRows(String id, String limit) {
        String sql = "SELECT row_key, sqlstate, message FROM " + table("failed_row")
                + " WHERE target = ? AND migration = ? ORDER BY at, row_key" + limit;
        return Session.with(source, session -> session.query(sql, store.sql().target(), id)).stream()
                .map(row -> new FailedRow(row.text("row_key"), row.text("sqlstate"), row.text("message")))
                .toList();
    }
}
