package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.Phase;
import dev.migrator.pg.internal.catalog.ConstraintInfo;
import dev.migrator.pg.internal.catalog.IndexInfo;
import dev.migrator.pg.internal.expression.SqlFragment;
import dev.migrator.plan.Artifact;
import dev.migrator.plan.Effect;
import java.util.List;

/** The copy of an index for the new columns, in the tablespace of its original and with the constraint that stands on it. */
final class IndexCopy {
    private final CarryOver carryOver;
    private final Workspace workspace;
    private final TableWork work;
    private final List<Mapping> columns;
    private final String path;

    IndexCopy(CarryOver carryOver, Workspace workspace, TableWork work, List<Mapping> columns) {
        this.carryOver = carryOver;
        this.workspace = workspace;
        this.work = work;
        this.columns = columns;
        this.path = CarryOver.path(columns);
    }

    void draft(IndexInfo index) {
        String what = "index " + index.name().quoted();
        if (!index.valid() || index.replicaIdentity() || index.constraint().equals("x")) {
            workspace
                    .findings()
                    .refuse(
                            path,
                            what
                                    + (index.valid()
                                            ? " is the replica identity or an exclusion constraint, which this version can't carry."
                                            : " is invalid."),
                            "Drop it first.");
            return;
        }
        index.place().filter(place -> !place.mayBuild()).ifPresent(place -> workspace
                .findings()
                .refuse(
                        path,
                        what + " lies in tablespace "
                                + place.tablespace().quoted()
                                + ", where this role may not build the one that takes its place.",
                        "GRANT CREATE ON TABLESPACE " + place.tablespace().quoted()
                                + " TO the role that migrates, or move the index."));
        if (index.unique() && index.usage().startsWith("USING gist")) {
            workspace
                    .findings()
                    .refuse(
                            path,
                            what + " is a key WITHOUT OVERLAPS, which this version can't carry.",
                            "Drop the key first, and add it again after PURGE.");
            return;
        }
        Identifier probe = Identifier.of("migrator_index");
        carryOver
                .rewritten(what, columns, scratch -> {
                    scratch.definitions().createIndex(probe, index.unique(), index.usage());
                    CarryOver.changeColumns(scratch, columns);
                    return scratch.definitions().indexUsage(probe);
                })
                .ifPresent(usage -> build(index, usage));
    }

    /** PostgreSQL asks only the one index that a statement's ON CONFLICT means; the other one raises an error. */
    private void tellOfUpserts(IndexInfo index) {
        String from = index.constraint().equals("p") ? "CONTRACT" : "VALIDATE";
        workspace
                .findings()
                .note(
                        path,
                        "from " + from + " to PURGE two unique indexes stand for "
                                + index.name().quoted()
                                + ": of several INSERT … ON CONFLICT that bring the same new key at the same moment, one"
                                + " may fail with a unique violation (23505) of the other index, and succeeds when tried"
                                + " again.");
    }

    /** An index is built before it can be made a constraint that waits; the spare one of a primary key never is. */
    private void warnOfDeferral(IndexInfo index) {
        boolean key = index.constraint().equals("p");
        work.table().constraints().stream()
                .filter(constraint -> constraint.name().equals(index.name()) && constraint.deferrable())
                .forEach(
                        constraint -> workspace
                                .findings()
                                .warn(
                                        path,
                                        constraint.name().quoted() + " is deferrable, and "
                                                + (key ? "from CONTRACT to PURGE" : "while VALIDATE builds its copy")
                                                + " PostgreSQL checks each row at once: a statement or transaction that passes"
                                                + " through a duplicate (two rows that exchange their values) fails with 23505.",
                                        key
                                                ? "Do without such statements until PURGE."
                                                : "Try such a transaction again, or do without them until VALIDATE is complete."));
    }

    private void build(IndexInfo index, String usage) {
        if (index.unique()) {
            tellOfUpserts(index);
            warnOfDeferral(index);
        }
        if (index.constraint().equals("p")) {
            new PrimaryKeyExchange(work, path, index)
                    .draft(workspace, inItsPlace(index, usage), inItsPlace(index, index.usage()));
            return;
        }
        Identifier copy = work.names().copy(work.nextNumber());
        workspace.add(Drafts.buildIndex(
                work, path, Phase.VALIDATE, 20, copy, index.unique(), inItsPlace(index, usage), index.name()));
        carryOver.comment(path, "INDEX", carryOver.qualified(copy), index.comment());
        for (IndexInfo.Target target : index.targets()) {
            carryOver.afterwards(
                    path,
                    "set the statistics target of an expression of " + copy,
                    "ALTER INDEX " + carryOver.qualified(copy) + " ALTER COLUMN " + target.position()
                            + " SET STATISTICS " + target.value());
        }
        if (index.constraint().equals("u")) {
            ConstraintInfo unique = work.table().constraints().stream()
                    .filter(constraint -> constraint.name().equals(index.name()))
                    .findFirst()
                    .orElseThrow();
            attachUnique(unique, copy);
            work.copies()
                    .add(new Copy(Copy.Kind.CONSTRAINT, carryOver.inSchema(copy), index.name(), index.clustered()));
        } else {
            work.copies().add(new Copy(Copy.Kind.INDEX, carryOver.inSchema(copy), index.name(), index.clustered()));
        }
    }

    /** A definition of an index that is to lie where another one lies; TABLESPACE stands before WHERE. */
    private static String inItsPlace(IndexInfo index, String usage) {
        int where = SqlFragment.indexOutside(usage, " WHERE ");
        int end = where < 0 ? usage.length() : where;
        return index.place()
                .map(place -> usage.substring(0, end) + " TABLESPACE "
                        + place.tablespace().quoted() + usage.substring(end))
                .orElse(usage);
    }

    private void attachUnique(ConstraintInfo unique, Identifier copy) {
        String timing = (unique.deferrable() ? " DEFERRABLE" : "") + (unique.deferred() ? " INITIALLY DEFERRED" : "");
        String add = work.alter() + "ADD CONSTRAINT " + copy.quoted() + " UNIQUE USING INDEX " + copy.quoted() + timing;
        String drop = work.alter() + "DROP CONSTRAINT IF EXISTS " + copy.quoted();
        workspace.add(Draft.of(
                        Phase.VALIDATE,
                        30,
                        List.of(path),
                        "make the copy of " + unique.name() + " a constraint",
                        TableSteps.exclusively(work, List.of(add)),
                        TableSteps.exclusively(work, List.of(drop)),
                        Effect.NARROWS)
                .doneWhen(Done.hasConstraint(work.name(), copy))
                .making(List.of(work.artifact(Artifact.Kind.CONSTRAINT, copy, false))));
        carryOver.comment(
                path, "CONSTRAINT", copy.quoted() + " ON " + work.name().quoted(), unique.comment());
    }
}
