package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.Phase;
import dev.migrator.pg.internal.catalog.ColumnInfo;
import dev.migrator.pg.internal.catalog.TriggerInfo;
import dev.migrator.pg.internal.sql.Literal;
import dev.migrator.plan.Action;
import dev.migrator.plan.Artifact;
import dev.migrator.plan.Effect;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.TableLock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * CONTRACT's one short transaction: the old side is renamed away, the new one gets its names, defaults and NOT NULL, and the
 * sync turns round. Nothing is dropped but what can be made again without a scan.
 */
final class Exchange {
    static final int SLOT = 40;

    private final TableWork work;
    private final SyncTriggers triggers;

    Exchange(TableWork work, SyncTriggers triggers) {
        this.work = work;
        this.triggers = triggers;
    }

    List<Draft> drafts() {
        List<Draft> drafts = new ArrayList<>();
        boolean retires =
                work.mappings().stream().anyMatch(mapping -> !mapping.old().isEmpty())
                        || work.fills().stream().anyMatch(Fill::retires);
        String title = retires
                ? "retire the old shape of " + work.name().name()
                : "stop filling in for the old release on " + work.name().name();
        Draft exchange = Draft.of(
                        Phase.CONTRACT,
                        SLOT,
                        work.paths(),
                        title,
                        TableSteps.exclusively(work, forward()),
                        TableSteps.exclusively(work, backward()),
                        retires ? Effect.RETIRES : Effect.ADDS)
                .making(retired());
        drafts.add(done(exchange));
        drafts.addAll(wayBack());
        return drafts;
    }

    private Draft done(Draft exchange) {
        return work.newColumns().stream()
                .findFirst()
                .map(column -> exchange.doneWhen(Done.hasColumn(work.name(), column.name())))
                .orElse(exchange);
    }

    private List<Artifact> retired() {
        List<Artifact> artifacts = new ArrayList<>();
        for (Mapping mapping : work.mappings()) {
            mapping.old().forEach(column -> artifacts.add(work.artifact(Artifact.Kind.COLUMN, column.retired(), true)));
        }
        work.fills().stream()
                .filter(Fill::retires)
                .forEach(fill -> artifacts.add(work.artifact(Artifact.Kind.COLUMN, fill.retired(), true)));
        return artifacts;
    }

    private String alter() {
        return "ALTER TABLE " + work.name().quoted() + " ";
    }

    private String column(Identifier column) {
        return alter() + "ALTER COLUMN " + column.quoted() + " ";
    }

    private String rename(Identifier from, Identifier to) {
        return alter() + "RENAME COLUMN " + from.quoted() + " TO " + to.quoted();
    }

    private List<String> forward() {
        List<String> statements =
                new ArrayList<>(triggers.drop(triggers.reverse().isEmpty()));
        work.primaryKey().ifPresent(key -> statements.add(key.drop()));
        for (Mapping mapping : work.mappings()) {
            for (OldColumn old : mapping.old()) {
                statements.add(rename(old.name(), old.retired()));
            }
            for (NewColumn column : mapping.fresh()) {
                if (column.takesOverName()) {
                    statements.add(rename(column.work(), column.name()));
                }
                if (column.notNullAfter()) {
                    statements.add(column(column.name()) + "SET NOT NULL");
                    statements.add(dropConstraint(TableSteps.notNullProof(work, column)));
                }
                column.defaultAfter()
                        .ifPresent(value -> statements.add(column(column.name()) + "SET DEFAULT " + value));
            }
            retireOld(mapping, statements);
        }
        work.primaryKey().ifPresent(key -> statements.addAll(key.addOn(key.copy())));
        work.fills().stream().filter(Fill::retires).forEach(fill -> {
            statements.add(rename(fill.column(), fill.retired()));
            if (fill.info().defaultValue().isPresent()) {
                statements.add(column(fill.retired()) + "DROP DEFAULT");
            }
        });
        work.rules().stream().filter(this::isOurs).forEach(rule -> statements.addAll(rule.asideBy()));
        if (work.hasMarker()) {
            statements.add(dropConstraint(work.names().proof("s")));
        }
        recreateUpdateOf(statements);
        statements.addAll(triggers.reverse());
        afterwards(statements);
        return statements;
    }

    private void retireOld(Mapping mapping, List<String> statements) {
        for (OldColumn old : mapping.old()) {
            new SequenceExchange(work, mapping, old).forward(statements);
            if (old.info().defaultValue().isPresent() && !old.defaultTakenOver()) {
                statements.add(column(old.retired()) + "DROP DEFAULT");
            }
            if (losesNotNull(old)) {
                statements.add(column(old.retired()) + "DROP NOT NULL");
            }
        }
    }

    private static boolean losesNotNull(OldColumn old) {
        return old.info().notNull() && !old.staysNotNull();
    }

    private boolean isOurs(RetiredRule rule) {
        return work.paths().contains(rule.path());
    }

    private String dropConstraint(Identifier name) {
        return alter() + "DROP CONSTRAINT IF EXISTS " + name.quoted();
    }

    private List<String> backward() {
        List<String> statements = new ArrayList<>(triggers.drop(false));
        work.primaryKey().ifPresent(key -> statements.add(key.drop()));
        for (Mapping mapping : work.mappings()) {
            for (NewColumn column : mapping.fresh()) {
                if (column.defaultAfter().isPresent() && column.defaultBefore().isEmpty()) {
                    statements.add(column(column.name()) + "DROP DEFAULT");
                }
                if (column.takesOverName()) {
                    statements.add(rename(column.name(), column.work()));
                }
            }
            for (OldColumn old : mapping.old()) {
                statements.add(rename(old.retired(), old.name()));
                restoreOld(old, statements);
                new SequenceExchange(work, mapping, old).backward(statements);
            }
            mapping.fresh().stream()
                    .filter(NewColumn::notNullAfter)
                    .forEach(column -> statements.add(column(column.work()) + "DROP NOT NULL"));
        }
        work.primaryKey().ifPresent(key -> statements.addAll(key.addOn(key.spare())));
        work.fills().stream().filter(Fill::retires).forEach(fill -> {
            statements.add(rename(fill.retired(), fill.column()));
            fill.info()
                    .defaultValue()
                    .ifPresent(value -> statements.add(column(fill.column()) + "SET DEFAULT " + value));
        });
        work.rules().stream().filter(this::isOurs).forEach(rule -> statements.addAll(rule.backBy()));
        if (!outgrownConditions().isEmpty()) {
            statements.add(dropConstraint(outgrownProof()));
        }
        recreateUpdateOf(statements);
        statements.addAll(triggers.forward());
        afterwards(statements);
        return statements;
    }

    private void restoreOld(OldColumn old, List<String> statements) {
        if (losesNotNull(old)) {
            statements.add(restoredNotNull(work, old.info()));
            statements.add(dropConstraint(wayBackProof(old)));
        }
        if (old.info().defaultValue().isPresent() && !old.defaultTakenOver()) {
            statements.add(column(old.name()) + "SET DEFAULT "
                    + old.info().defaultValue().orElseThrow());
        }
    }

    /** Since PostgreSQL 18 a NOT NULL has a name, which a dump shows. */
    static String restoredNotNull(TableWork work, ColumnInfo column) {
        return work.table().constraints().stream()
                .filter(constraint ->
                        constraint.type().equals("n") && constraint.columns().contains(column.number()))
                .findFirst()
                .map(constraint ->
                        work.alter() + "ADD CONSTRAINT " + constraint.name().quoted() + " NOT NULL "
                                + column.name().quoted())
                .orElse(work.alter() + "ALTER COLUMN " + column.name().quoted() + " SET NOT NULL");
    }

    private Identifier outgrownProof() {
        return work.names().proof("o");
    }

    /** Conditions that are true of a row whose retired side can't hold what the new release has written. */
    private List<String> outgrownConditions() {
        List<String> conditions = new ArrayList<>();
        for (int i = 0; i < work.mappings().size(); i++) {
            Mapping mapping = work.mappings().get(i);
            if (!mapping.old().isEmpty() && !mapping.downCannotFail()) {
                conditions.add(Marker.isIn(work.names().marker().quoted(), i, Marker.FAILED));
            }
        }
        return conditions;
    }

    private Identifier wayBackProof(OldColumn old) {
        return work.names().proof("b" + old.info().number());
    }

    /** Steps that do nothing forward; on the way back, before the exchange is undone, they prove NOT NULL without a lock. */
    private List<Draft> wayBack() {
        List<OldColumn> columns = work.mappings().stream()
                .flatMap(mapping -> mapping.old().stream())
                .filter(Exchange::losesNotNull)
                .toList();
        List<String> outgrown = outgrownConditions();
        if (columns.isEmpty() && outgrown.isEmpty()) {
            return List.of();
        }
        List<String> adds = new ArrayList<>();
        List<String> validations = new ArrayList<>();
        if (!outgrown.isEmpty()) {
            // Without it a value that the retired side can't hold could still come in behind the comparison, and be
            // lost.
            String proof = outgrownProof().quoted();
            adds.add(dropConstraint(outgrownProof()));
            adds.add(alter() + "ADD CONSTRAINT " + proof + " CHECK (NOT " + Sql.any(outgrown) + ") NOT VALID");
            validations.add(alter() + "VALIDATE CONSTRAINT " + proof);
        }
        for (OldColumn column : columns) {
            String proof = wayBackProof(column).quoted();
            adds.add(dropConstraint(wayBackProof(column)));
            adds.add(alter() + "ADD CONSTRAINT " + proof + " CHECK ("
                    + column.retired().quoted() + " IS NOT NULL) NOT VALID");
            validations.add(alter() + "VALIDATE CONSTRAINT " + proof);
        }
        Action.Scan scan =
                new Action.Scan(List.of(new TableLock(work.name(), LockMode.SHARE_UPDATE_EXCLUSIVE)), validations);
        Draft validate = Draft.of(
                Phase.CONTRACT,
                SLOT + 10,
                work.paths(),
                "for a rollback: prove that the retired shape holds every row",
                new Action.Nothing(),
                scan,
                Effect.ADDS);
        Draft add = Draft.of(
                Phase.CONTRACT,
                SLOT + 20,
                work.paths(),
                "for a rollback: refuse what the retired shape can't hold",
                new Action.Nothing(),
                TableSteps.exclusively(work, adds),
                Effect.ADDS);
        return List.of(validate, add);
    }

    /**
     * Sessions in a pool may hold plans over the table's old rows in PL/pgSQL functions, and would fail for good; touching
     * the functions makes them plan anew. Then one row is written for trial, and the write taken back: a trigger that can't
     * live with the exchanged columns is found before COMMIT. (Experiment 6.)
     */
    private void afterwards(List<String> statements) {
        work.table()
                .functions()
                .forEach(function ->
                        statements.add("ALTER FUNCTION " + function.signature() + " COST " + function.cost()));
        if (work.hasMarker()) {
            String marker = work.names().marker().quoted();
            String trial = "UPDATE " + work.name().quoted() + " SET " + marker + " = " + marker
                    + " WHERE ctid = (SELECT ctid FROM " + work.name().quoted() + " WHERE ctid < '(64,0)' LIMIT 1)";
            statements.add("SELECT " + work.function().schema().quoted() + ".trial(" + Literal.text(trial) + ")");
        }
    }

    /** {@code UPDATE OF} goes by column number; the trigger has to follow the name (experiment 6). */
    private void recreateUpdateOf(List<String> statements) {
        Set<Integer> numbers = new HashSet<>();
        work.mappings().forEach(mapping -> mapping.old()
                .forEach(column -> numbers.add(column.info().number())));
        for (TriggerInfo trigger : work.table().triggers()) {
            if (trigger.ofColumns().stream().anyMatch(numbers::contains)) {
                statements.add("DROP TRIGGER " + trigger.name().quoted() + " ON "
                        + work.name().quoted());
                statements.add(trigger.definition());
                statements.addAll(enabled(trigger));
            }
        }
    }

    private List<String> enabled(TriggerInfo trigger) {
        return switch (trigger.enabled()) {
            case "D" -> List.of(alter() + "DISABLE TRIGGER " + trigger.name().quoted());
            case "R" ->
                List.of(alter() + "ENABLE REPLICA TRIGGER " + trigger.name().quoted());
            case "A" ->
                List.of(alter() + "ENABLE ALWAYS TRIGGER " + trigger.name().quoted());
            default -> List.of();
        };
    }
}
