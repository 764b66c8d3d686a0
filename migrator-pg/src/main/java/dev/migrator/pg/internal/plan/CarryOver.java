package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.Phase;
import dev.migrator.QualifiedName;
import dev.migrator.pg.internal.catalog.ConstraintInfo;
import dev.migrator.pg.internal.catalog.IndexInfo;
import dev.migrator.pg.internal.catalog.StatisticsInfo;
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
import java.util.stream.Collectors;

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
            touched(what, index.columns()).ifPresent(columns -> index(index, columns));
        }
        for (ConstraintInfo constraint : work.table().constraints()) {
            if (constraint.type().matches("[cf]")) {
                String what = "constraint " + constraint.name().quoted();
                touched(what, constraint.columns()).ifPresent(columns -> constraint(constraint, columns));
            }
        }
        for (StatisticsInfo statistics : work.table().statistics()) {
            String what = "statistics " + statistics.name().name().quoted();
            touched(what, statistics.columns()).ifPresent(columns -> statistics(statistics, columns));
        }
    }

    /** The mappings whose old column something stands on; empty, with a warning where it can't be carried, if it is not. */
    private Optional<List<Mapping>> touched(String what, Collection<Integer> numbers) {
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

    private static boolean isOneToOne(Mapping mapping) {
        return mapping.old().size() == 1 && mapping.fresh().size() == 1;
    }

    private static OldColumn old(Mapping mapping) {
        return mapping.old().get(0);
    }

    private static NewColumn fresh(Mapping mapping) {
        return mapping.fresh().get(0);
    }

    private static String path(List<Mapping> columns) {
        return columns.get(0).path();
    }

    private interface Definition {
        String read(Scratch scratch);
    }

    /** Lets the server say how a definition reads on the new column; empty, with a finding, if it can't stand there. */
    private Optional<String> rewritten(String what, List<Mapping> columns, Definition definition) {
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

    private static void changeColumns(Scratch scratch, List<Mapping> columns) {
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

    private void index(IndexInfo index, List<Mapping> columns) {
        String what = "index " + index.name().quoted();
        if (!index.valid() || index.replicaIdentity() || index.constraint().equals("x")) {
            workspace
                    .findings()
                    .refuse(
                            path(columns),
                            what
                                    + (index.valid()
                                            ? " is the replica identity or an exclusion constraint, which this version can't carry."
                                            : " is invalid."),
                            "Drop it first.");
            return;
        }
        Identifier probe = Identifier.of("migrator_index");
        rewritten(what, columns, scratch -> {
                    scratch.createIndex(probe, index.unique(), index.usage());
                    changeColumns(scratch, columns);
                    return scratch.indexUsage(probe);
                })
                .ifPresent(usage -> build(index, columns, usage));
    }

    private void build(IndexInfo index, List<Mapping> columns, String usage) {
        if (index.constraint().equals("p")) {
            new PrimaryKeyExchange(work, path(columns), index).draft(workspace, index, usage);
            return;
        }
        Identifier copy = work.names().copy(work.nextNumber());
        String place =
                index.tablespace().map(space -> withTablespace(usage, space)).orElse(usage);
        workspace.add(
                Drafts.buildIndex(work, path(columns), Phase.VALIDATE, 20, copy, index.unique(), place, index.name()));
        comment(path(columns), "INDEX", qualified(copy), index.comment());
        if (index.constraint().equals("u")) {
            ConstraintInfo unique = work.table().constraints().stream()
                    .filter(constraint -> constraint.name().equals(index.name()))
                    .findFirst()
                    .orElseThrow();
            attachUnique(unique, copy, path(columns));
            work.copies().add(new Copy(Copy.Kind.CONSTRAINT, copy, index.name(), index.clustered()));
        } else {
            work.copies().add(new Copy(Copy.Kind.INDEX, copy, index.name(), index.clustered()));
        }
    }

    /** TABLESPACE stands before WHERE, which in the server's text begins at the last such word outside of parentheses. */
    private static String withTablespace(String usage, Identifier space) {
        int where = usage.indexOf(" WHERE ");
        String clause = " TABLESPACE " + space.quoted();
        return where < 0 ? usage + clause : usage.substring(0, where) + clause + usage.substring(where);
    }

    private void attachUnique(ConstraintInfo unique, Identifier copy, String path) {
        String timing = (unique.deferrable() ? " DEFERRABLE" : "") + (unique.deferred() ? " INITIALLY DEFERRED" : "");
        String add = alter() + "ADD CONSTRAINT " + copy.quoted() + " UNIQUE USING INDEX " + copy.quoted() + timing;
        String drop = alter() + "DROP CONSTRAINT IF EXISTS " + copy.quoted();
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
        comment(path, "CONSTRAINT", copy.quoted() + " ON " + work.name().quoted(), unique.comment());
    }

    private String alter() {
        return "ALTER TABLE " + work.name().quoted() + " ";
    }

    private String qualified(Identifier name) {
        return new QualifiedName(work.name().schema(), name).quoted();
    }

    private void constraint(ConstraintInfo constraint, List<Mapping> columns) {
        if (constraint.type().equals("c")) {
            Identifier probe = constraint.name();
            rewritten("constraint " + constraint.name().quoted(), columns, scratch -> {
                        scratch.run("ALTER TABLE " + scratch.name() + " ADD CONSTRAINT " + probe.quoted() + " "
                                + constraint.definition());
                        changeColumns(scratch, columns);
                        return scratch.constraint(probe);
                    })
                    .ifPresent(definition -> add(constraint, path(columns), definition, List.of(exclusive())));
        } else if (constraint.type().equals("f")) {
            QualifiedName parent = constraint.references().orElseThrow();
            if (parent.equals(work.name())) {
                workspace
                        .findings()
                        .refuse(
                                path(columns),
                                "foreign key " + constraint.name().quoted()
                                        + " refers to its own table, which this version" + " can't carry.",
                                "Drop it first and add it again after PURGE.");
                return;
            }
            List<TableLock> locks = List.of(
                    new TableLock(parent, LockMode.SHARE_ROW_EXCLUSIVE),
                    new TableLock(work.name(), LockMode.SHARE_ROW_EXCLUSIVE));
            add(constraint, path(columns), foreignKey(constraint, columns), locks);
        }
    }

    private TableLock exclusive() {
        return new TableLock(work.name(), LockMode.ACCESS_EXCLUSIVE);
    }

    /** The server prints the key's own columns first, in parentheses; the rest goes over as it is. */
    private String foreignKey(ConstraintInfo constraint, List<Mapping> columns) {
        String names = constraint.columns().stream()
                .map(number -> columns.stream()
                        .filter(mapping -> old(mapping).info().number() == number)
                        .map(mapping -> fresh(mapping).work())
                        .findFirst()
                        .orElseGet(() -> work.table().column(number).name())
                        .quoted())
                .collect(Collectors.joining(", "));
        String definition = constraint.definition();
        return "FOREIGN KEY (" + names + ")" + definition.substring(closing(definition));
    }

    /** Where the list of the key's own columns ends: behind the first closing parenthesis outside of quotes. */
    private static int closing(String definition) {
        boolean quoted = false;
        for (int i = 0; i < definition.length(); i++) {
            char c = definition.charAt(i);
            quoted ^= c == '"';
            if (c == ')' && !quoted) {
                return i + 1;
            }
        }
        throw new IllegalStateException("unexpected foreign key: " + definition);
    }

    private void add(ConstraintInfo constraint, String path, String definition, List<TableLock> locks) {
        Identifier copy = work.names().copy(work.nextNumber());
        String notValid = definition.endsWith(" NOT VALID") ? "" : " NOT VALID";
        String add = alter() + "ADD CONSTRAINT " + copy.quoted() + " " + definition + notValid;
        String drop = alter() + "DROP CONSTRAINT IF EXISTS " + copy.quoted();
        workspace.add(
                Drafts.addConstraint(work, path, 30, copy, "add a copy of " + constraint.name(), add, drop, locks));
        if (constraint.validated()) {
            workspace.add(Drafts.validate(work, path, 40, copy, constraint.references()));
        }
        comment(path, "CONSTRAINT", copy.quoted() + " ON " + work.name().quoted(), constraint.comment());
        work.copies().add(new Copy(Copy.Kind.CONSTRAINT, copy, constraint.name(), false));
    }

    private void statistics(StatisticsInfo statistics, List<Mapping> columns) {
        Identifier probe = Identifier.of("migrator_statistics");
        Identifier copy = work.names().copy(work.nextNumber());
        String ending = " FROM " + work.name().quoted();
        rewritten("statistics " + statistics.name().name().quoted(), columns, scratch -> {
                    scratch.createStatistics(probe, statistics.usage());
                    changeColumns(scratch, columns);
                    return scratch.statistics(probe);
                })
                .ifPresent(kindsAndColumns -> {
                    String create = "CREATE STATISTICS " + qualified(copy) + " " + kindsAndColumns + ending;
                    Action drop = new Action.Transaction(
                            List.of(new TableLock(work.name(), LockMode.SHARE_UPDATE_EXCLUSIVE)),
                            List.of("DROP STATISTICS IF EXISTS " + qualified(copy)));
                    workspace.add(Draft.of(
                                    Phase.VALIDATE,
                                    50,
                                    List.of(path(columns)),
                                    "copy the statistics " + statistics.name().name(),
                                    new Action.Transaction(
                                            List.of(new TableLock(work.name(), LockMode.SHARE_UPDATE_EXCLUSIVE)),
                                            List.of(create)),
                                    drop,
                                    Effect.ADDS)
                            .making(List.of(work.artifact(Artifact.Kind.STATISTICS, copy, false))));
                    comment(path(columns), "STATISTICS", qualified(copy), statistics.comment());
                    work.copies()
                            .add(new Copy(
                                    Copy.Kind.STATISTICS,
                                    copy,
                                    statistics.name().name(),
                                    false));
                });
    }

    private void comment(String path, String kind, String name, Optional<String> comment) {
        comment.ifPresent(text -> workspace.add(Draft.of(
                Phase.VALIDATE,
                55,
                List.of(path),
                "copy the comment on " + name,
                new Action.Transaction(
                        List.of(), List.of("COMMENT ON " + kind + " " + name + " IS " + Literal.text(text))),
                new Action.Nothing(),
                Effect.ADDS)));
    }
}
