package dev.migrator.pg.state;

import dev.migrator.Identifier;
import dev.migrator.Phase;
import dev.migrator.QualifiedName;
import dev.migrator.plan.Action;
import dev.migrator.plan.Artifact;
import dev.migrator.plan.Effect;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.Step;
import dev.migrator.plan.TableLock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/** Steps for tests: plain ones, and hostile ones from a seed. */
final class Steps {
    private static final List<String> HOSTILE = List.of(
            "'",
            "\"",
            "\\",
            "\n",
            "\r\n",
            "\t",
            "%",
            "%s",
            "{0}",
            "{d '1'}",
            "$$",
            "$fn$",
            "$1",
            "?",
            "??",
            ":x",
            ";",
            "--",
            "/*",
            "*/",
            ",",
            "{",
            "}",
            "NULL",
            "null",
            "ü",
            "😀",
            "\u0001",
            "\u200b",
            " ",
            "x",
            "SELECT 1",
            "''");

    private final Random random;

    Steps(long seed) {
        this.random = new Random(seed);
    }

    static Artifact artifact(String name) {
        return new Artifact(Artifact.Kind.COLUMN, QualifiedName.of("public", "users"), Identifier.of(name), false);
    }

    static Step step(int ordinal, List<Artifact> makes, List<Artifact> removes) {
        return new Step(
                Phase.EXPAND,
                ordinal,
                List.of("operations[0].renameColumn"),
                "step " + ordinal,
                new Action.Script(List.of("SELECT " + ordinal)),
                new Action.Nothing(),
                "",
                Set.of(Effect.ADDS),
                makes,
                removes);
    }

    static Step step(int ordinal) {
        return step(ordinal, List.of(), List.of());
    }

    /** A step whose every text may be anything. */
    Step hostile(int ordinal, Action action, Action undo) {
        return new Step(
                one(Phase.values()),
                ordinal,
                some(this::text),
                text(),
                action,
                undo,
                text(),
                Set.copyOf(some(() -> one(Effect.values())).stream().distinct().toList()),
                some(this::artifact),
                some(this::artifact));
    }

    /** One action of each kind. */
    List<Action> actions() {
        return List.of(
                new Action.Transaction(some(this::lock), some(this::text)),
                new Action.Scan(some(this::lock), some(this::text), some(this::name)),
                new Action.BuildIndex(table(), name(), random.nextBoolean(), text()),
                new Action.DropIndex(table(), name()),
                new Action.Backfill(table(), text(), text()),
                new Action.Compare(table(), some(this::name), some(() -> new Action.Violation(text(), text(), text()))),
                new Action.Script(some(this::text)),
                new Action.Nothing(),
                new Action.Irreversible(text()));
    }

    String text() {
        return String.join("", some(() -> one(HOSTILE.toArray(String[]::new))));
    }

    private Identifier name() {
        return Identifier.of("n" + text());
    }

    private QualifiedName table() {
        return new QualifiedName(name(), name());
    }

    private TableLock lock() {
        return new TableLock(table(), one(LockMode.values()));
    }

    private Artifact artifact() {
        return new Artifact(one(Artifact.Kind.values()), table(), name(), random.nextBoolean());
    }

    private <T> T one(T[] values) {
        return values[random.nextInt(values.length)];
    }

    private <T> List<T> some(Supplier<T> value) {
        List<T> values = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            values.add(value.get());
        }
        return values;
    }
}
