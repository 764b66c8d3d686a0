package dev.migrator.pg.internal.state;

import dev.migrator.Identifier;
import dev.migrator.Phase;
import dev.migrator.QualifiedName;
import dev.migrator.engine.StepState;
import dev.migrator.engine.StepStatus;
import dev.migrator.pg.internal.sql.Literal;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.plan.Artifact;
import dev.migrator.plan.Effect;
import dev.migrator.plan.Step;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A step as a row of the table {@code step}, and back, without loss. */
final class StepCodec {
    /** The columns that {@link #values} gives values to, after {@code target} and {@code migration}. */
    static final String COLUMNS = "ordinal, phase, operation, title, action_kind, action, undo_kind, undo, done_when,"
            + " effects, makes, removes";

    /** Texts that stand for one artifact where artifacts are read as one array. */
    private static final int ARTIFACT_SIZE = 5;

    private StepCodec() {}

    /**
     * The values of {@link #COLUMNS}.
     *
     * @param artifacts all artifacts of the plan; a step refers to them by their place, from 1
     */
    static String values(Step step, List<Artifact> artifacts) {
        ActionCodec.Stored action = ActionCodec.encode(step.action());
        ActionCodec.Stored undo = ActionCodec.encode(step.undo());
        return String.join(
                ", ",
                Literal.number(step.ordinal()),
                Literal.text(step.phase().name()),
                Literal.texts(step.operation()),
                Literal.text(step.title()),
                Literal.text(action.kind()),
                Literal.texts(action.fields()),
                Literal.text(undo.kind()),
                Literal.texts(undo.fields()),
                Literal.text(step.doneWhen()),
                Literal.texts(step.effects().stream().sorted().map(Effect::name).toList()),
                numbers(step.makes(), artifacts),
                numbers(step.removes(), artifacts));
    }

    private static String numbers(List<Artifact> some, List<Artifact> all) {
        return some.stream()
                .map(artifact -> Integer.toString(all.indexOf(artifact) + 1))
                .collect(Collectors.joining(",", "'{", "}'::pg_catalog.int4[]"));
    }

    /** The values of an artifact's columns {@code kind, table_schema, table_name, name, helper}. */
    static String values(Artifact artifact) {
        return String.join(
                ", ",
                Literal.text(artifact.kind().name()),
                Literal.text(artifact.table().schema().value()),
                Literal.text(artifact.table().name().value()),
                Literal.text(artifact.name().value()),
                Boolean.toString(artifact.helper()));
    }

    /** A step with its status from a row with {@link #COLUMNS}, {@code status} and {@code attempts}, artifacts read flat. */
    static StepState decode(Row row) {
        Step step = new Step(
                Phase.valueOf(row.text("phase")),
                Math.toIntExact(row.number("ordinal")),
                row.texts("operation"),
                row.text("title"),
                ActionCodec.decode(row.text("action_kind"), row.texts("action")),
                ActionCodec.decode(row.text("undo_kind"), row.texts("undo")),
                row.text("done_when"),
                effects(row.texts("effects")),
                artifacts(row.texts("makes")),
                artifacts(row.texts("removes")));
        return new StepState(step, StepStatus.valueOf(row.text("status")), Math.toIntExact(row.number("attempts")));
    }

    private static Set<Effect> effects(List<String> names) {
        Set<Effect> effects = EnumSet.noneOf(Effect.class);
        names.forEach(name -> effects.add(Effect.valueOf(name)));
        return effects;
    }

    private static List<Artifact> artifacts(List<String> flat) {
        List<Artifact> artifacts = new ArrayList<>();
        for (int i = 0; i < flat.size(); i += ARTIFACT_SIZE) {
            artifacts.add(new Artifact(
                    Artifact.Kind.valueOf(flat.get(i)),
                    QualifiedName.of(flat.get(i + 1), flat.get(i + 2)),
                    Identifier.of(flat.get(i + 3)),
                    Boolean.parseBoolean(flat.get(i + 4))));
        }
        return artifacts;
    }
}
