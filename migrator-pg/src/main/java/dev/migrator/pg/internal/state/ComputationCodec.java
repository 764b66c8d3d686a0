package dev.migrator.pg.internal.state;

import dev.migrator.Identifier;
import dev.migrator.QualifiedName;
import dev.migrator.plan.Action;
import java.util.List;
import java.util.Optional;

/** What an application computes, as fields of a stored action; the keys don't change. */
final class ComputationCodec {
    private static final String TRANSFORM = "transform";

    private ComputationCodec() {}

    static Fields put(Fields fields, Action.Computation computation) {
        return fields.with(TRANSFORM, computation.transform())
                .with("transform.column", computation.column().value())
                .with("transform.type", computation.type())
                .withAll("transform.input", values(computation.inputs()))
                .withAll("transform.key", values(computation.key()))
                .with("transform.marker", computation.marker().value())
                .with("transform.queue.schema", computation.queue().schema().value())
                .with("transform.queue", computation.queue().name().value());
    }

    private static List<String> values(List<Identifier> names) {
        return names.stream().map(Identifier::value).toList();
    }

    /** Empty if the server computes. */
    static Optional<Action.Computation> get(Fields fields) {
        if (fields.all(TRANSFORM).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Action.Computation(
                fields.one(TRANSFORM),
                Identifier.of(fields.one("transform.column")),
                fields.one("transform.type"),
                names(fields.all("transform.input")),
                names(fields.all("transform.key")),
                Identifier.of(fields.one("transform.marker")),
                QualifiedName.of(fields.one("transform.queue.schema"), fields.one("transform.queue"))));
    }

    private static List<Identifier> names(List<String> values) {
        return values.stream().map(Identifier::of).toList();
    }
}
