package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.Phase;
import dev.migrator.plan.Artifact;
import dev.migrator.plan.Effect;
import java.util.ArrayList;
import java.util.List;

/**
 * CONTRACT's one short transaction: the old side is renamed away, the new one gets its names, defaults and NOT NULL, and the
 * sync turns round. Nothing is dropped but what can be made again without a scan.
 */
final class Exchange {
    static final int SLOT = 40;

    private final TableWork work;
    private final SyncTriggers triggers;
    private final RollbackProofs proofs;
    private final Rebinding rebinding;

    Exchange(TableWork work, SyncTriggers triggers) {
        this.work = work;
        this.triggers = triggers;
        this.proofs = new RollbackProofs(work);
        this.rebinding = new Rebinding(work);
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
        drafts.addAll(proofs.drafts());
        for (Mapping mapping : work.mappings()) {
            mapping.old().stream()
                    .flatMap(old -> new SequenceExchange(work, mapping, old).requirement())
                    .forEach(drafts::add);
        }
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

    private String column(Identifier column) {
        return work.alter() + "ALTER COLUMN " + column.quoted() + " ";
    }

    private String rename(Identifier from, Identifier to) {
        return work.alter() + "RENAME COLUMN " + from.quoted() + " TO " + to.quoted();
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
                    statements.addAll(setNotNull(column));
                    statements.add(dropConstraint(TableSteps.notNullProof(work, column)));
                }
                column.numbers().ifPresent(numbers -> statements.addAll(numbers.forward()));
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
        statements.addAll(rebinding.triggers());
        statements.addAll(triggers.reverse());
        statements.addAll(rebinding.sessions());
        return statements;
    }

    private List<String> setNotNull(NewColumn column) {
        NotNullCopy named = work.notNulls().get(column.work());
        return named == null ? List.of(column(column.name()) + "SET NOT NULL") : named.addTo(work, column.name());
    }

    private void retireOld(Mapping mapping, List<String> statements) {
        for (OldColumn old : mapping.old()) {
            new SequenceExchange(work, mapping, old).forward(statements);
            if (old.info().defaultValue().isPresent() && !old.defaultTakenOver() && !isSetByKey(old)) {
                statements.add(column(old.retired()) + "DROP DEFAULT");
            }
            if (RollbackProofs.losesNotNull(old)) {
                statements.add(column(old.retired()) + "DROP NOT NULL");
            }
        }
    }

    /** A foreign key that stays in force on the retired column sets its default, which must not be NULL where that is refused. */
    private boolean isSetByKey(OldColumn old) {
        return work.table().constraints().stream()
                .anyMatch(constraint -> constraint.type().equals("f")
                        && constraint.columns().contains(old.info().number())
                        && constraint.definition().contains(" SET DEFAULT"));
    }

    private boolean isOurs(RetiredRule rule) {
        return work.paths().contains(rule.path());
    }

    private String dropConstraint(Identifier name) {
        return work.alter() + "DROP CONSTRAINT IF EXISTS " + name.quoted();
    }

    private List<String> backward() {
        List<String> statements = new ArrayList<>(triggers.drop(false));
        work.primaryKey().ifPresent(key -> statements.add(key.drop()));
        for (Mapping mapping : work.mappings()) {
            for (NewColumn column : mapping.fresh()) {
                column.numbers().ifPresent(numbers -> statements.addAll(numbers.backward()));
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
        statements.addAll(proofs.dropOutgrown());
        statements.addAll(rebinding.triggers());
        statements.addAll(triggers.forward());
        statements.addAll(rebinding.sessions());
        return statements;
    }

    private void restoreOld(OldColumn old, List<String> statements) {
        statements.addAll(proofs.restoreNotNull(old));
        if (old.info().defaultValue().isPresent() && !old.defaultTakenOver()) {
            statements.add(column(old.name()) + "SET DEFAULT "
                    + old.info().defaultValue().orElseThrow());
        }
    }
}
