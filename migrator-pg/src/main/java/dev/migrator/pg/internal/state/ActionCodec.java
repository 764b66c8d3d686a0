package dev.migrator.pg.internal.state;

import dev.migrator.Identifier;
import dev.migrator.QualifiedName;
import dev.migrator.plan.Action;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.TableLock;
import java.util.ArrayList;
import java.util.List;

/** An action as a kind and fields, and back. What is stored once must be readable for ever: kinds and keys don't change. */
final class ActionCodec {
    private static final String STATEMENT = "statement";
    private static final String PROVES = "proves";
    private static final String USER_TRIGGERS = "userTriggers";

    private ActionCodec() {}

    /**
     * An action as stored.
     *
     * @param kind which record of {@link Action} it is
     * @param fields key, value, key, value, …
     */
    record Stored(String kind, List<String> fields) {}

    static Stored encode(Action action) {
        Fields fields = Fields.none();
        if (action instanceof Action.Transaction transaction) {
            return new Stored(
                    "TRANSACTION",
                    locksAndStatements(transaction.locks(), transaction.statements())
                            .flat());
        } else if (action instanceof Action.Scan scan) {
            return scan(scan);
        } else if (action instanceof Action.BuildIndex build) {
            putTable(fields, build.table())
                    .with("name", build.name().value())
                    .with("unique", Boolean.toString(build.unique()))
                    .with("definition", build.definition());
            return new Stored("BUILD_INDEX", fields.flat());
        } else if (action instanceof Action.DropIndex drop) {
            putTable(fields, drop.table()).with("name", drop.name().value());
            return new Stored("DROP_INDEX", fields.flat());
        } else if (action instanceof Action.Backfill backfill) {
            putTable(fields, backfill.table())
                    .with("assignments", backfill.assignments())
                    .with("pending", backfill.pending());
            if (backfill.skipsUserTriggers()) {
                fields.with(USER_TRIGGERS, "skip");
            }
            backfill.computation().ifPresent(computation -> ComputationCodec.put(fields, computation));
            return new Stored("BACKFILL", fields.flat());
        } else if (action instanceof Action.CatchUp catchUp) {
            return catchUp(catchUp);
        } else if (action instanceof Action.Compare compare) {
            return compare(compare);
        } else if (action instanceof Action.Script script) {
            return new Stored(
                    "SCRIPT", fields.withAll(STATEMENT, script.statements()).flat());
        } else if (action instanceof Action.Require require) {
            fields.with("query", require.query()).with("otherwise", require.otherwise());
            return new Stored("REQUIRE", fields.flat());
        } else if (action instanceof Action.Nothing) {
            return new Stored("NOTHING", List.of());
        } else if (action instanceof Action.Irreversible irreversible) {
            return new Stored(
                    "IRREVERSIBLE", fields.with("reason", irreversible.reason()).flat());
        }
        throw new IllegalArgumentException("An action of a kind that can't be stored: " + action);
    }

    static Action decode(String kind, List<String> flat) {
        Fields fields = Fields.of(flat);
        return switch (kind) {
            case "TRANSACTION" -> new Action.Transaction(locks(fields), fields.all(STATEMENT));
            case "SCAN" -> new Action.Scan(locks(fields), fields.all(STATEMENT), identifiers(fields, PROVES));
            case "BUILD_INDEX" ->
                new Action.BuildIndex(
                        table(fields),
                        name(fields),
                        Boolean.parseBoolean(fields.one("unique")),
                        fields.one("definition"));
            case "DROP_INDEX" -> new Action.DropIndex(table(fields), name(fields));
            case "BACKFILL" ->
                new Action.Backfill(
                        table(fields),
                        fields.one("assignments"),
                        fields.one("pending"),
                        fields.all(USER_TRIGGERS).contains("skip"),
                        ComputationCodec.get(fields));
            case "CATCH_UP" ->
                new Action.CatchUp(
                        table(fields),
                        ComputationCodec.get(fields).orElseThrow(),
                        fields.all(USER_TRIGGERS).contains("skip"),
                        locks(fields),
                        fields.all(STATEMENT));
            case "COMPARE" -> new Action.Compare(table(fields), identifiers(fields, "key"), violations(fields));
            case "SCRIPT" -> new Action.Script(fields.all(STATEMENT));
            case "REQUIRE" -> new Action.Require(fields.one("query"), fields.one("otherwise"));
            case "NOTHING" -> new Action.Nothing();
            case "IRREVERSIBLE" -> new Action.Irreversible(fields.one("reason"));
            default -> throw new IllegalArgumentException("an action " + kind);
        };
    }

    private static Stored catchUp(Action.CatchUp catchUp) {
        Fields fields = putTable(locksAndStatements(catchUp.locks(), catchUp.statements()), catchUp.table());
        if (catchUp.skipsUserTriggers()) {
            fields.with(USER_TRIGGERS, "skip");
        }
        return new Stored(
                "CATCH_UP", ComputationCodec.put(fields, catchUp.computation()).flat());
    }

    private static Stored scan(Action.Scan scan) {
        Fields fields = locksAndStatements(scan.locks(), scan.statements());
        fields.withAll(PROVES, scan.proves().stream().map(Identifier::value).toList());
        return new Stored("SCAN", fields.flat());
    }

    private static Fields locksAndStatements(List<TableLock> locks, List<String> statements) {
        Fields fields = Fields.none();
        for (TableLock lock : locks) {
            fields.with("lock.schema", lock.table().schema().value())
                    .with("lock.table", lock.table().name().value())
                    .with("lock.mode", lock.mode().name());
        }
        return fields.withAll(STATEMENT, statements);
    }

    private static List<TableLock> locks(Fields fields) {
        List<String> schemas = fields.all("lock.schema");
        List<String> tables = fields.all("lock.table");
        List<String> modes = fields.all("lock.mode");
        List<TableLock> locks = new ArrayList<>();
        for (int i = 0; i < schemas.size(); i++) {
            locks.add(new TableLock(QualifiedName.of(schemas.get(i), tables.get(i)), LockMode.valueOf(modes.get(i))));
        }
        return locks;
    }

    private static Stored compare(Action.Compare compare) {
        Fields fields = putTable(Fields.none(), compare.table())
                .withAll("key", compare.key().stream().map(Identifier::value).toList());
        for (Action.Violation violation : compare.rules()) {
            fields.with("rule.name", violation.name())
                    .with("rule.condition", violation.condition())
                    .with("rule.remedy", violation.remedy());
        }
        return new Stored("COMPARE", fields.flat());
    }

    private static List<Action.Violation> violations(Fields fields) {
        List<String> names = fields.all("rule.name");
        List<String> conditions = fields.all("rule.condition");
        // Plans of earlier versions have none.
        List<String> remedies = fields.all("rule.remedy");
        List<Action.Violation> violations = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            violations.add(
                    new Action.Violation(names.get(i), conditions.get(i), remedies.isEmpty() ? "" : remedies.get(i)));
        }
        return violations;
    }

    private static Fields putTable(Fields fields, QualifiedName table) {
        return fields.with("schema", table.schema().value())
                .with("table", table.name().value());
    }

    private static List<Identifier> identifiers(Fields fields, String key) {
        return fields.all(key).stream().map(Identifier::of).toList();
    }

    private static QualifiedName table(Fields fields) {
        return QualifiedName.of(fields.one("schema"), fields.one("table"));
    }

    private static Identifier name(Fields fields) {
        return Identifier.of(fields.one("name"));
    }
}
