package dev.migrator.pg.internal.state;

import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.Lease;
import dev.migrator.engine.StepFailure;
import dev.migrator.engine.StepState;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.plan.Artifact;
import dev.migrator.plan.Plan;
import dev.migrator.plan.Step;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The recorded plan: the tables {@code step} and {@code artifact}. */
final class StepTable {
    private final StateDatabase database;

    StepTable(StateDatabase database) {
        this.database = database;
    }

    /**
     * A line of the recorded plan.
     *
     * @param planned how many there must be
     * @param step the step; empty if there is none at all
     */
    private record Line(long planned, Optional<StepState> step) {
        static Line of(Row row) {
            boolean isStep = row.optionalText("ordinal").isPresent();
            return new Line(row.number("planned"), isStep ? Optional.of(StepCodec.decode(row)) : Optional.empty());
        }
    }

    /**
     * The plan with what was done of it.
     *
     * @throws StepFailure if the record lacks steps: to go on by what is left of it would skip them
     */
    List<StepState> steps(String id) {
        List<Line> lines = lines(id);
        List<StepState> steps =
                lines.stream().flatMap(line -> line.step().stream()).toList();
        if (!lines.isEmpty() && lines.get(0).planned() != steps.size()) {
            throw new StepFailure(
                    ErrorClass.PERMANENT,
                    "",
                    "Migration " + id + ": its record is not whole: of the "
                            + lines.get(0).planned()
                            + " steps of its plan, " + steps.size() + " are left in " + database.table("step")
                            + ". Nothing was changed. Restore the tables of that schema as they were: nothing else"
                            + " knows what was done and how to undo it.",
                    Optional.empty());
        }
        return steps;
    }

    private List<Line> lines(String id) {
        return database.read(
                "Migration " + id + ": reading its steps",
                Line::of,
                """
                SELECT m.steps AS planned, s.ordinal, s.phase, s.operation, s.title, s.action_kind, s.action, s.undo_kind, s.undo,
                    s.done_when, s.effects, s.status, s.attempts,
                    %s AS makes,
                    %s AS removes
                FROM %s AS m LEFT JOIN %s AS s USING (target, migration)
                WHERE m.target = ? AND m.migration = ?
                ORDER BY s.ordinal"""
                        .formatted(
                                artifacts("s.makes"),
                                artifacts("s.removes"),
                                database.table("migration"),
                                database.table("step")),
                database.sql().target(),
                id);
    }

    /** The artifacts with these numbers, in their order, as one array of texts. */
    private String artifacts(String numbers) {
        return """
                ARRAY(SELECT field.value
                    FROM pg_catalog.unnest(%s) WITH ORDINALITY AS n (number, place)
                    JOIN %s AS a ON a.target = s.target AND a.migration = s.migration AND a.number = n.number,
                    pg_catalog.unnest(ARRAY[a.kind, a.table_schema, a.table_name, a.name, a.helper::pg_catalog.text])
                        WITH ORDINALITY AS field (value, place)
                    ORDER BY n.place, field.place)"""
                .formatted(numbers, database.table("artifact"));
    }

    /** Statements that forget the plan of a migration, with all that was noted about its steps, and record another one. */
    List<String> replace(Lease lease, Plan plan) {
        List<String> statements = new ArrayList<>();
        for (String table : List.of("failed_row", "backfill_worker", "backfill_chunk", "artifact", "step")) {
            statements.add("DELETE FROM " + database.table(table) + " WHERE "
                    + database.sql().isOf(lease.migration()));
        }
        List<Artifact> artifacts = artifacts(plan);
        for (int i = 0; i < artifacts.size(); i++) {
            statements.add(
                    """
                    INSERT INTO %s (target, migration, number, kind, table_schema, table_name, name, helper)
                    VALUES (%s, %d, %s)"""
                            .formatted(
                                    database.table("artifact"),
                                    database.sql().key(lease),
                                    i + 1,
                                    StepCodec.values(artifacts.get(i))));
        }
        for (Step step : plan.steps()) {
            statements.add("INSERT INTO %s (target, migration, %s) VALUES (%s, %s)"
                    .formatted(
                            database.table("step"),
                            StepCodec.COLUMNS,
                            database.sql().key(lease),
                            StepCodec.values(step, artifacts)));
        }
        return statements;
    }

    /** All that the plan makes or removes, each once. */
    private static List<Artifact> artifacts(Plan plan) {
        Set<Artifact> artifacts = new LinkedHashSet<>();
        for (Step step : plan.steps()) {
            artifacts.addAll(step.makes());
            artifacts.addAll(step.removes());
        }
        return List.copyOf(artifacts);
    }
}
