package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.Phase;
import dev.migrator.QualifiedName;
import dev.migrator.pg.internal.catalog.ConstraintInfo;
import dev.migrator.pg.internal.catalog.IndexInfo;
import dev.migrator.pg.internal.catalog.StatisticsInfo;
import dev.migrator.pg.internal.catalog.TableInfo;
import dev.migrator.pg.internal.expression.RejectedSqlException;
import dev.migrator.pg.internal.expression.Scratch;
import dev.migrator.pg.internal.sql.Literal;
import dev.migrator.plan.Action;
import dev.migrator.plan.Artifact;
import dev.migrator.plan.Effect;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.TableLock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Copies for the new columns of one-to-one mappings what stands on the old ones: indexes, keys, checks, foreign keys and
 * extended statistics. The server itself rewrites the definitions, by changing types and names of the columns on the scratch
 * table, so that nothing is lost or mistaken: expressions, partial and INCLUDE parts, operator classes, order, options.
 */
final class CarryOver {
    private final Workspace workspace;
    private final TableWork work;

    CarryOver(Workspace workspace, TableWork work) {
        this.workspace = workspace;
        this.work = work;
    }

    /** Drafts the copies of everything that stands on a column of a one-to-one mapping, and tells what stays behind. */
    void draft() {
        for (IndexInfo index : work.table().indexes()) {
            String what = "index " + index.name().quoted();
            touched(what, index.columns())
                    .filter(columns -> !isPartitioned(path(columns), what))
                    .ifPresent(columns -> new IndexCopy(this, workspace, work, columns).draft(index));
        }
        for (ConstraintInfo constraint : work.table().constraints()) {
            if (constraint.type().equals("n")) {
                notNull(constraint);
            } else if (constraint.type().matches("[cf]")) {
                String what = "constraint " + constraint.name().quoted();
                touched(what, constraint.columns())
                        .filter(columns -> constraint.type().equals("c") || !isPartitioned(path(columns), what))
                        .ifPresent(columns -> new ConstraintCopy(this, workspace, work, columns).draft(constraint));
            }
        }
        for (StatisticsInfo statistics : work.table().statistics()) {
            String what = "statistics " + statistics.name().name().quoted();
            touched(what, statistics.columns()).ifPresent(columns -> statistics(statistics, columns));
        }
    }

    private boolean isPartitioned(String path, String what) {
        return new PartitionPreflight(work.table(), workspace.findings())
                .refuses(
                        path,
                        "copy " + what + " for the new column",
                        "Drop it first, and create it again after PURGE; an index on each partition CONCURRENTLY first.");
    }

    /** Since PostgreSQL 18 a NOT NULL has a name, which the new column takes over at PURGE. */
    private void notNull(ConstraintInfo constraint) {
        for (Mapping mapping : work.mappings()) {
            boolean stands = isOneToOne(mapping)
                    && fresh(mapping).notNullAfter()
                    && constraint.columns().contains(old(mapping).info().number());
            if (stands) {
                Identifier copy = work.names().copy(work.nextNumber());
                work.notNulls().put(fresh(mapping).work(), new NotNullCopy(copy, constraint));
                work.copies().add(new Copy(Copy.Kind.CONSTRAINT, inSchema(copy), constraint.name(), false));
            }
        }
    }

    /** The mappings whose old column something stands on; empty, with a warning where it can't be carried, if it is not. */
    private Optional<List<Mapping>> touched(String what, Collection<Integer> numbers) {
        if (TableInfo.touches(numbers, new Places(work).droppedNumbers())) {
            return Optional.empty(); // a copy would go with the dropped column as well, which DroppedWith tells
        }
        List<Mapping> touched = new ArrayList<>();
        for (Mapping mapping : work.mappings()) {
            boolean stands = mapping.old().stream()
                    .anyMatch(column -> numbers.contains(column.info().number()));
            if (stands && !isOneToOne(mapping)) {
                workspace
                        .findings()
                        .warn(
                                mapping.path(),
                                what + " stands on a column that is split or merged, and goes with it at PURGE.",
                                "Create what the new columns need with operations of their own.");
                return Optional.empty();
            }
            if (stands) {
                touched.add(mapping);
            }
        }
        return touched.isEmpty() ? Optional.empty() : Optional.of(touched);
    }

    static boolean isOneToOne(Mapping mapping) {
        return mapping.old().size() == 1 && mapping.fresh().size() == 1;
    }

    static OldColumn old(Mapping mapping) {
        return mapping.old().get(0);
    }

    static NewColumn fresh(Mapping mapping) {
        return mapping.fresh().get(0);
    }

    static String path(List<Mapping> columns) {
        return columns.get(0).path();
    }

    interface Definition {
        String read(Scratch scratch);
    }

    /** Lets the server say how a definition reads on the new column; empty, with a finding, if it can't stand there. */
    Optional<String> rewritten(String what, List<Mapping> columns, Definition definition) {
        Scratch scratch = work.scratch();
        scratch.tryOut();
        try {
            columns.forEach(mapping -> scratch.dropColumn(fresh(mapping).work()));
            String text = definition.read(scratch);
            return Optional.of(text);
        } catch (RejectedSqlException e) {
            workspace
                    .findings()
                    .refuse(
                            path(columns),
                            what + " can't be carried to the new column: " + e.getMessage() + ".",
                            "Drop it first, and create what is needed in its place afterwards.");
            return Optional.empty();
        } finally {
            scratch.forget();
        }
    }

    static void changeColumns(Scratch scratch, List<Mapping> columns) {
        for (Mapping mapping : columns) {
            OldColumn old = old(mapping);
            NewColumn fresh = fresh(mapping);
            if (!fresh.type().sql().equals(old.info().typeAndCollation())) {
                scratch.run("ALTER TABLE " + scratch.name() + " ALTER COLUMN "
                        + old.name().quoted() + " TYPE " + fresh.type().sql() + " USING ("
                        + fresh.up().text() + ")");
            }
        }
        columns.forEach(mapping ->
                scratch.renameColumn(old(mapping).name(), fresh(mapping).work()));
    }

    QualifiedName inSchema(Identifier name) {
        return new QualifiedName(work.name().schema(), name);
    }

    String qualified(Identifier name) {
        return inSchema(name).quoted();
    }

    private void statistics(StatisticsInfo statistics, List<Mapping> columns) {
        Identifier probe = Identifier.of("migrator_statistics");
        QualifiedName copy =
                new QualifiedName(statistics.name().schema(), work.names().copy(work.nextNumber()));
        String ending = " FROM " + work.name().quoted();
        rewritten("statistics " + statistics.name().name().quoted(), columns, scratch -> {
                    scratch.definitions().createStatistics(probe, statistics.usage());
                    changeColumns(scratch, columns);
                    return scratch.definitions().statistics(probe);
                })
                .ifPresent(kindsAndColumns -> {
                    String create = "CREATE STATISTICS " + copy.quoted() + " " + kindsAndColumns + ending;
                    Action drop = new Action.Transaction(
                            List.of(new TableLock(work.name(), LockMode.SHARE_UPDATE_EXCLUSIVE)),
                            List.of("DROP STATISTICS IF EXISTS " + copy.quoted()));
                    workspace.add(Draft.of(
                                    Phase.VALIDATE,
                                    50,
                                    List.of(path(columns)),
                                    "copy the statistics " + statistics.name().name(),
                                    new Action.Transaction(
                                            List.of(new TableLock(work.name(), LockMode.SHARE_UPDATE_EXCLUSIVE)),
                                            Stream.concat(Stream.of(create), target(statistics, copy))
                                                    .toList()),
                                    drop,
                                    Effect.ADDS)
                            .making(List.of(work.artifact(Artifact.Kind.STATISTICS, copy.name(), false))));
                    comment(path(columns), "STATISTICS", copy.quoted(), statistics.comment());
                    work.copies()
                            .add(new Copy(
                                    Copy.Kind.STATISTICS,
                                    copy,
                                    statistics.name().name(),
                                    false));
                });
    }

    private Stream<String> target(StatisticsInfo statistics, QualifiedName copy) {
        return statistics.target().stream()
                .map(target -> "ALTER STATISTICS " + copy.quoted() + " SET STATISTICS " + target);
    }

    void comment(String path, String kind, String name, Optional<String> comment) {
        comment.ifPresent(text -> afterwards(
                path, "copy the comment on " + name, "COMMENT ON " + kind + " " + name + " IS " + Literal.text(text)));
    }

    /** A property of a copy, once it is there. */
    void afterwards(String path, String title, String statement) {
        workspace.add(Draft.of(
                Phase.VALIDATE,
                55,
                List.of(path),
                title,
                new Action.Transaction(List.of(), List.of(statement)),
                new Action.Nothing(),
                Effect.ADDS));
    }
}
