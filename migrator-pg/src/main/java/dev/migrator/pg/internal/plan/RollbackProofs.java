package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.Phase;
import dev.migrator.pg.internal.catalog.ColumnInfo;
import dev.migrator.plan.Action;
import dev.migrator.plan.Effect;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.TableLock;
import java.util.ArrayList;
import java.util.List;

/**
 * What a rollback over CONTRACT proves before it undoes the exchange, without a scan under a lock: that the retired shape
 * holds every row, and has no NULL where it must not.
 */
final class RollbackProofs {
    private final TableWork work;

    RollbackProofs(TableWork work) {
        this.work = work;
    }

    /** Steps that do nothing forward; on the way back, before the exchange is undone, they prove NOT NULL without a lock. */
    List<Draft> drafts() {
        List<OldColumn> columns = work.mappings().stream()
                .flatMap(mapping -> mapping.old().stream())
                .filter(RollbackProofs::losesNotNull)
                .toList();
        List<String> outgrown = outgrown();
        if (columns.isEmpty() && outgrown.isEmpty()) {
            return List.of();
        }
        List<String> adds = new ArrayList<>();
        List<String> validations = new ArrayList<>();
        if (!outgrown.isEmpty()) {
            // Without it a value that the retired side can't hold could still come in behind the comparison, and be
            // lost.
            String proof = outgrownProof().quoted();
            adds.add(drop(outgrownProof()));
            adds.add(work.alter() + "ADD CONSTRAINT " + proof + " CHECK (NOT " + Sql.any(outgrown) + ") NOT VALID");
            validations.add(work.alter() + "VALIDATE CONSTRAINT " + proof);
        }
        for (OldColumn column : columns) {
            String proof = notNullProof(column).quoted();
            adds.add(drop(notNullProof(column)));
            adds.add(work.alter() + "ADD CONSTRAINT " + proof + " CHECK ("
                    + column.retired().quoted() + " IS NOT NULL) NOT VALID");
            validations.add(work.alter() + "VALIDATE CONSTRAINT " + proof);
        }
        Action.Scan scan =
                new Action.Scan(List.of(new TableLock(work.name(), LockMode.SHARE_UPDATE_EXCLUSIVE)), validations);
        Draft validate = Draft.of(
                Phase.CONTRACT,
                Exchange.SLOT + 10,
                work.paths(),
                "for a rollback: prove that the retired shape holds every row",
                new Action.Nothing(),
                scan,
                Effect.ADDS);
        Draft add = Draft.of(
                Phase.CONTRACT,
                Exchange.SLOT + 20,
                work.paths(),
                "for a rollback: refuse what the retired shape can't hold",
                new Action.Nothing(),
                TableSteps.exclusively(work, adds),
                Effect.ADDS);
        return List.of(validate, add);
    }

    /** Within the undo of the exchange: the proof that every row fits has done its work. */
    List<String> dropOutgrown() {
        return outgrown().isEmpty() ? List.of() : List.of(drop(outgrownProof()));
    }

    /** Within the undo of the exchange: an old column, in its place again, refuses NULL again if it did. */
    List<String> restoreNotNull(OldColumn old) {
        if (!losesNotNull(old)) {
            return List.of();
        }
        List<String> statements = new ArrayList<>(restoredNotNull(work, old.info()));
        statements.add(drop(notNullProof(old)));
        return statements;
    }

    /** Since PostgreSQL 18 a NOT NULL has a name, which a dump shows. */
    static List<String> restoredNotNull(TableWork work, ColumnInfo column) {
        return work.table().constraints().stream()
                .filter(constraint ->
                        constraint.type().equals("n") && constraint.columns().contains(column.number()))
                .findFirst()
                .map(constraint -> NotNullCopy.add(work, constraint.name(), constraint, column.name()))
                .orElseGet(() ->
                        List.of(work.alter() + "ALTER COLUMN " + column.name().quoted() + " SET NOT NULL"));
    }

    /** Whether a column, once it is retired, accepts NULL that it refused. */
    static boolean losesNotNull(OldColumn old) {
        return old.info().notNull() && !old.staysNotNull();
    }

    /** Conditions that are true of a row whose retired side can't hold what the new release has written. */
    private List<String> outgrown() {
        List<String> conditions = new ArrayList<>();
        boolean retires =
                work.mappings().stream().anyMatch(mapping -> !mapping.old().isEmpty());
        if (work.table().isPartitioned() && retires) {
            conditions.add(Marker.isPending(work.names().marker().quoted()));
        }
        for (int i = 0; i < work.mappings().size(); i++) {
            Mapping mapping = work.mappings().get(i);
            if (!mapping.old().isEmpty() && !mapping.downCannotFail()) {
                conditions.add(Marker.isIn(work.names().marker().quoted(), i, Marker.FAILED));
            }
        }
        return conditions;
    }

    private Identifier outgrownProof() {
        return work.names().proof("o");
    }

    private Identifier notNullProof(OldColumn old) {
        return work.names().proof("b" + old.info().number());
    }

    private String drop(Identifier constraint) {
        return work.alter() + "DROP CONSTRAINT IF EXISTS " + constraint.quoted();
    }
}
