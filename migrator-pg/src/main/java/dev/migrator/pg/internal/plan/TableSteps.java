package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.Phase;
import dev.migrator.pg.internal.sql.Literal;
import dev.migrator.plan.Action;
import dev.migrator.plan.Artifact;
import dev.migrator.plan.Effect;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.TableLock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The steps that all operations on one table share: shape and triggers, sweep, proofs, exchange, purge. */
final class TableSteps {
    static final int EXPAND = 20;
    static final int COMPARE_FIRST = 10;
    static final int ANALYZE = 60;
    static final int PROVE = 10;
    static final int PROVE_SCAN = 20;
    static final int COMPARE_AGAIN = 30;
    static final int PURGE = 20;

    private final TableWork work;
    private final SyncTriggers triggers;
    private final boolean skipsUserTriggers;

    /**
     * Those of a table.
     *
     * @param skipsUserTriggers whether its backfill leaves out the table's own triggers
     */
    TableSteps(TableWork work, boolean skipsUserTriggers) {
        this.work = work;
        this.skipsUserTriggers = skipsUserTriggers;
        this.triggers = new SyncTriggers(work);
    }

    List<Draft> drafts() {
        List<Draft> drafts = new ArrayList<>();
        work.dropped().forEach(column -> drafts.addAll(column.drafts(work)));
        drafts.addAll(RetiredRules.wayBack(work));
        work.computed()
                .ifPresent(column ->
                        drafts.addAll(new ComputedSteps(work, column, skipsUserTriggers, analyze()).drafts()));
        if (!work.needsSync()) {
            return drafts;
        }
        drafts.add(expand());
        if (work.hasMarker()) {
            drafts.add(backfill());
            Comparison comparison = new Comparison(work);
            drafts.add(comparison.before(Phase.VALIDATE, COMPARE_FIRST));
            drafts.add(analyze());
            drafts.addAll(proofs());
            drafts.add(comparison.before(Phase.CONTRACT, COMPARE_AGAIN));
            drafts.addAll(new Exchange(work, triggers).drafts());
            drafts.addAll(comparison.after());
        } else {
            drafts.addAll(new Exchange(work, triggers).drafts());
        }
        drafts.add(new Purge(work, triggers).draft());
        return drafts;
    }

    static Action.Transaction exclusively(TableWork work, List<String> statements) {
        return new Action.Transaction(List.of(new TableLock(work.name(), LockMode.ACCESS_EXCLUSIVE)), statements);
    }

    private String table() {
        return work.name().quoted();
    }

    private Draft expand() {
        List<String> statements = new ArrayList<>();
        List<String> undo = new ArrayList<>(triggers.drop(true));
        List<Artifact> makes = new ArrayList<>(triggers.artifacts());
        if (work.hasMarker()) {
            List<String> adds = new ArrayList<>();
            List<String> drops = new ArrayList<>();
            for (NewColumn column : work.newColumns()) {
                adds.add("ADD COLUMN " + column.work().quoted() + " "
                        + column.type().sql());
                drops.add("DROP COLUMN IF EXISTS " + column.work().quoted());
                makes.add(work.artifact(Artifact.Kind.COLUMN, column.work(), false));
                column.numbers().ifPresent(numbers -> {
                    statements.addAll(numbers.create());
                    makes.add(work.artifact(Artifact.Kind.SEQUENCE, numbers.helper(), true));
                });
            }
            adds.add("ADD COLUMN " + Marker.definition(work.names().marker()));
            drops.add("DROP COLUMN IF EXISTS " + work.names().marker().quoted());
            makes.add(work.artifact(Artifact.Kind.COLUMN, work.names().marker(), true));
            statements.add("ALTER TABLE " + table() + " " + String.join(", ", adds));
            statements.add("ALTER TABLE " + table() + " "
                    + Marker.inserted(work.names().marker()));
            ColumnProperties.readable(work.table(), work.names().marker(), statements);
            undo.add("ALTER TABLE " + table() + " " + String.join(", ", drops));
            work.numbers().forEach(numbers -> undo.add(numbers.drop()));
            for (Mapping mapping : work.mappings()) {
                ColumnProperties.at(work.name(), mapping, statements);
                defaults(mapping, statements, undo);
            }
        }
        statements.addAll(triggers.forward());
        statements.addAll(new Rebinding(work).trialOfTriggers());
        Action action = exclusively(work, statements);
        String done = work.hasMarker()
                ? Done.hasColumn(work.name(), work.names().marker())
                : "SELECT pg_catalog.to_regprocedure("
                        + Literal.text(work.function().quoted() + "()") + ") IS NOT NULL";
        String title = "add the new shape of " + work.name().name() + " with its sync triggers";
        return Draft.of(Phase.EXPAND, EXPAND, work.paths(), title, action, exclusively(work, undo), Effect.ADDS)
                .doneWhen(done)
                .making(makes);
    }

    private void defaults(Mapping mapping, List<String> statements, List<String> undo) {
        for (NewColumn column : mapping.fresh()) {
            column.defaultBefore()
                    .ifPresent(value -> statements.add("ALTER TABLE " + table() + " ALTER COLUMN "
                            + column.work().quoted() + " SET DEFAULT " + value));
        }
        for (OldColumn column : mapping.old()) {
            if (column.defaultTakenOver()) {
                String alter = "ALTER TABLE " + table() + " ALTER COLUMN "
                        + column.name().quoted();
                statements.add(alter + " DROP DEFAULT");
                undo.add(alter + " SET DEFAULT " + column.info().defaultValue().orElseThrow());
            }
        }
    }

    private Draft backfill() {
        List<String> assignments = new ArrayList<>();
        for (Mapping mapping : work.mappings()) {
            for (NewColumn column : mapping.fresh()) {
                assignments.add(column.work().quoted() + " = " + column.up().onRow(mapping.oldBefore()));
            }
        }
        String marker = work.names().marker().quoted();
        assignments.add(marker + " = 1");
        Action action = new Action.Backfill(
                work.name(), String.join(", ", assignments), Marker.isPending(marker), skipsUserTriggers);
        String title = "fill "
                + String.join(", ", work.mappings().stream().map(work::title).toList()) + " of "
                + work.name().name();
        return Draft.of(Phase.BACKFILL, 10, work.paths(), title, action, new Action.Nothing(), Effect.FILLS);
    }

    private Draft analyze() {
        Action action = new Action.Scan(
                List.of(new TableLock(work.name(), LockMode.SHARE_UPDATE_EXCLUSIVE)), List.of("ANALYZE " + table()));
        return Draft.of(
                Phase.VALIDATE,
                ANALYZE,
                work.paths(),
                "gather statistics on " + work.name().name(),
                action,
                new Action.Nothing(),
                Effect.FILLS);
    }

    /**
     * Constraints that prove, without a scan under a lock, that no row is pending or failed and that the new side has no
     * NULL where it must not. From here on a statement that can't be brought into step is refused.
     */
    private List<Draft> proofs() {
        String marker = work.names().marker().quoted();
        Set<String> adds = new LinkedHashSet<>();
        List<Identifier> names = new ArrayList<>();
        Identifier synced = work.names().proof("s");
        String failed = Marker.anyFailed(marker, work.mappings().size());
        adds.add("ADD CONSTRAINT " + synced.quoted() + " CHECK (" + Sql.anyBit(marker, 1) + " AND NOT " + failed
                + ") NOT VALID");
        names.add(synced);
        for (NewColumn column : work.newColumns()) {
            if (column.notNullAfter()) {
                Identifier proof = notNullProof(work, column);
                adds.add("ADD CONSTRAINT " + proof.quoted() + " CHECK ("
                        + column.work().quoted() + " IS NOT NULL) NOT VALID");
                names.add(proof);
            }
        }
        List<Artifact> artifacts = names.stream()
                .map(name -> work.artifact(Artifact.Kind.CONSTRAINT, name, true))
                .toList();
        String add = "ALTER TABLE " + table() + " " + String.join(", ", adds);
        String drop = "ALTER TABLE " + table() + " "
                + String.join(
                        ", ",
                        names.stream()
                                .map(name -> "DROP CONSTRAINT IF EXISTS " + name.quoted())
                                .toList());
        Draft first = Draft.of(
                        Phase.CONTRACT,
                        PROVE,
                        work.paths(),
                        "from now on refuse rows of " + work.name().name() + " that are out of step",
                        exclusively(work, List.of(add)),
                        exclusively(work, List.of(drop)),
                        Effect.NARROWS)
                .doneWhen(Done.hasConstraint(work.name(), synced))
                .making(artifacts);
        List<String> validations = names.stream()
                .map(name -> "ALTER TABLE " + table() + " VALIDATE CONSTRAINT " + name.quoted())
                .toList();
        Action scan = new Action.Scan(
                List.of(new TableLock(work.name(), LockMode.SHARE_UPDATE_EXCLUSIVE)), validations, names);
        Draft second = Draft.of(
                        Phase.CONTRACT,
                        PROVE_SCAN,
                        work.paths(),
                        "prove that every row of " + work.name().name() + " is in step",
                        scan,
                        new Action.Nothing(),
                        Effect.FILLS)
                .doneWhen(Done.isValidated(work.name(), synced));
        return List.of(first, second);
    }

    static Identifier notNullProof(TableWork work, NewColumn column) {
        return work.names().proof("n" + work.newColumnNumber(column));
    }
}
