package dev.migrator.pg.internal.state;

import dev.migrator.Direction;
import dev.migrator.Identifier;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.engine.Lease;
import dev.migrator.engine.MigrationState;
import dev.migrator.engine.Position;
import dev.migrator.engine.Transition;
import dev.migrator.engine.Waiting;
import dev.migrator.pg.internal.sql.CurrentSchema;
import dev.migrator.pg.internal.sql.Literal;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.plan.Action;
import dev.migrator.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where each started migration stands: the table {@code migration}. */
final class MigrationTable {
    private static final String COLUMNS =
            "migration, checksum, definition, phase, status, direction, rollback_to, error,"
                    + " waiting, phase_completed_at, updated_at, fingerprint";

    private final StateDatabase database;
    private final StepTable steps;
    private final String release;

    MigrationTable(StateDatabase database, StepTable steps, String release) {
        this.database = database;
        this.steps = steps;
        this.release = release;
    }

    Optional<MigrationState> find(String id) {
        return database
                .read(
                        "Migration " + id + ": reading where it stands",
                        MigrationTable::state,
                        "SELECT " + COLUMNS + " FROM " + database.table("migration")
                                + " WHERE target = ? AND migration = ?",
                        database.sql().target(),
                        id)
                .stream()
                .findFirst();
    }

    List<MigrationState> all() {
        return database.read(
                "Reading where the migrations stand",
                MigrationTable::state,
                "SELECT " + COLUMNS + " FROM " + database.table("migration")
                        + " WHERE target = ? ORDER BY migration COLLATE \"C\"",
                database.sql().target());
    }

    private static MigrationState state(Row row) {
        Position position = new Position(
                Phase.valueOf(row.text("phase")),
                Status.valueOf(row.text("status")),
                Direction.valueOf(row.text("direction")));
        return new MigrationState(
                row.text("migration"),
                row.text("checksum"),
                row.text("definition"),
                position,
                row.optionalText("rollback_to").map(Phase::valueOf),
                row.optionalText("error"),
                waiting(row.texts("waiting")),
                row.time("phase_completed_at"),
                row.time("updated_at"),
                row.texts("fingerprint"));
    }

    private static List<Waiting> waiting(List<String> flat) {
        List<Waiting> reasons = new ArrayList<>();
        for (int i = 0; i < flat.size(); i += 2) {
            reasons.add(new Waiting(flat.get(i), flat.get(i + 1)));
        }
        return reasons;
    }

    void start(Lease lease, Migration migration, Plan plan) {
        List<String> statements = new ArrayList<>();
        statements.add(database.sql().fence(lease));
        statements.add(oneRow(
                insert(lease, migration, plan),
                "migration " + migration.id() + " is to be started, but it is under way or finished already"));
        statements.addAll(steps.replace(lease, plan));
        String detail = plan.steps().size() + " steps, checksum " + migration.checksum();
        statements.add(database.sql().event(lease, release, Phase.EXPAND, "started", detail));
        database.transaction("Migration " + migration.id() + ": recording its plan", lease, statements);
    }

    private String insert(Lease lease, Migration migration, Plan plan) {
        String schema =
                migration.schema().map(Identifier::value).map(Literal::text).orElse(CurrentSchema.SQL);
        return """
                INSERT INTO %s AS m (target, migration, checksum, definition, resolved_schema, library_version, phase, status,
                    direction, fingerprint, steps, irreversible, started_at, phase_completed_at, updated_at)
                VALUES (%s, %s, %s, COALESCE(%s, ''), %s, 'EXPAND', 'RUNNING', 'FORWARD', %s, %s, %s, pg_catalog.now(),
                    pg_catalog.now(), pg_catalog.now())
                ON CONFLICT (target, migration) DO UPDATE
                SET checksum = EXCLUDED.checksum, definition = EXCLUDED.definition,
                    resolved_schema = EXCLUDED.resolved_schema, library_version = EXCLUDED.library_version,
                    phase = EXCLUDED.phase, status = EXCLUDED.status, direction = EXCLUDED.direction, rollback_to = NULL,
                    error = NULL, waiting = '{}', fingerprint = EXCLUDED.fingerprint, steps = EXCLUDED.steps,
                    irreversible = EXCLUDED.irreversible,
                    started_at = EXCLUDED.started_at, phase_completed_at = EXCLUDED.phase_completed_at,
                    updated_at = EXCLUDED.updated_at
                WHERE (m.phase, m.status, m.direction) = ('EXPAND', 'PENDING', 'ROLLING_BACK')"""
                .formatted(
                        database.table("migration"),
                        database.sql().key(lease),
                        Literal.text(migration.checksum()),
                        Literal.text(migration.definition()),
                        schema,
                        Literal.text(libraryVersion()),
                        Literal.texts(plan.fingerprint()),
                        Literal.number(plan.steps().size()),
                        irreversible(plan).map(Literal::text).orElse("NULL"));
    }

    private static String libraryVersion() {
        return Optional.ofNullable(MigrationTable.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    private static Optional<String> irreversible(Plan plan) {
        return plan.steps().stream()
                .filter(step -> step.phase().isBefore(Phase.PURGE))
                .filter(step -> step.undo() instanceof Action.Irreversible)
                .map(step -> "step " + step.ordinal() + " (" + step.title() + "): "
                        + ((Action.Irreversible) step.undo()).reason())
                .findFirst();
    }

    void transition(Lease lease, Transition transition) {
        String id = lease.migration();
        database.transaction(
                "Migration " + id + ": recording " + transition.event(),
                lease,
                List.of(
                        database.sql().fence(lease),
                        oneRow(update(id, transition), "there is a record of migration " + id),
                        database.sql()
                                .event(
                                        lease,
                                        release,
                                        transition.to().phase(),
                                        transition.event(),
                                        transition.detail())));
    }

    private String update(String id, Transition transition) {
        return """
                UPDATE %s SET phase = %s, status = %s, direction = %s, rollback_to = %s, error = %s, waiting = %s,
                    fingerprint = %s, phase_completed_at = %s, updated_at = pg_catalog.now()
                WHERE %s"""
                .formatted(
                        database.table("migration"),
                        Literal.text(transition.to().phase().name()),
                        Literal.text(transition.to().status().name()),
                        Literal.text(transition.to().direction().name()),
                        transition
                                .rollbackTo()
                                .map(Phase::name)
                                .map(Literal::text)
                                .orElse("NULL"),
                        transition.error().map(Literal::text).orElse("NULL"),
                        Literal.texts(flat(transition.waiting())),
                        transition.fingerprint().map(Literal::texts).orElse("fingerprint"),
                        transition.phaseCompleted() ? "pg_catalog.now()" : "phase_completed_at",
                        database.sql().isOf(id));
    }

    private static List<String> flat(List<Waiting> reasons) {
        List<String> flat = new ArrayList<>();
        reasons.forEach(reason -> {
            flat.add(reason.gate());
            flat.add(reason.reason());
        });
        return flat;
    }

    /** A statement that is an error unless it changes one row. */
    private String oneRow(String statement, String what) {
        return "WITH changed AS (" + statement + " RETURNING 1) "
                + database.sql().ensure("SELECT pg_catalog.count(*) = 1 FROM changed", what);
    }
}
