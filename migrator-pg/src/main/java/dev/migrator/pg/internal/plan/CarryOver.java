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
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Copies for the new column of a one-to-one mapping what stands on the old one: indexes, keys, checks, foreign keys and
 * extended statistics. The server itself rewrites the definitions, by changing type and name of the column on the scratch
 * table, so that nothing is lost or mistaken: expressions, partial and INCLUDE parts, operator classes, order, options.
 */
final class CarryOver {
    private final Workspace workspace;
    private final TableWork work;
    private final Mapping mapping;
    private final OldColumn old;
    private final NewColumn fresh;

    CarryOver(Workspace workspace, TableWork work, Mapping mapping) {
        this.workspace = workspace;
        this.work = work;
        this.mapping = mapping;
        this.old = mapping.old().get(0);
        this.fresh = mapping.fresh().get(0);
    }

    /** Tells what of the old columns of another mapping stays behind. */
    static void warnAboutTheRest(Workspace workspace, TableWork work, Mapping mapping) {
        for (OldColumn column : mapping.old()) {
            int number = column.info().number();
            List<String> left = new ArrayList<>();
            work.table().indexes().stream()
                    .filter(index -> index.columns().contains(number))
                    .forEach(index -> left.add("index " + index.name().quoted()));
            work.table().constraints().stream()
                    .filter(constraint -> constraint.columns().contains(number)
                            && !constraint.type().matches("[pun]"))
                    .forEach(constraint -> left.add("constraint " + constraint.name().quoted()));
            if (!left.isEmpty()) {
                workspace
                        .findings()
                        .warn(
                                mapping.path(),
                                String.join(", ", left) + " stands on " + column.name().quoted() + " and goes with it at"
                                        + " PURGE.",
                                "Create what the new columns need with operations of their own.");
            }
        }
    }

    void draft() {
        for (IndexInfo index : work.table().indexes()) {
            if (index.columns().contains(old.info().number())) {
                index(index);
            }
        }
        for (ConstraintInfo constraint : work.table().constraints()) {
            if (constraint.columns().contains(old.info().number())) {
                constraint(constraint);
            }
        }
        for (StatisticsInfo statistics : work.table().statistics()) {
            if (statistics.columns().contains(old.info().number())) {
                statistics(statistics);
            }
        }
    }

    private interface Definition {
        String read(Scratch scratch);
    }

    /** Lets the server say how a definition reads on the new column; empty, with a finding, if it can't stand there. */
    private Optional<String> rewritten(String what, Definition definition) {
        Scratch scratch = work.scratch();
        scratch.tryOut();
        try {
            scratch.dropColumn(fresh.work());
            String text = definition.read(scratch);
            return Optional.of(text);
        } catch (RejectedSqlException e) {
            workspace
                    .findings()
                    .refuse(
                            mapping.path(),
                            what + " can't be carried to the new column: " + e.getMessage() + ".",
                            "Drop it first, and create what is needed in its place afterwards.");
            return Optional.empty();
        } finally {
            scratch.forget();
        }
    }

    private void changeColumn(Scratch scratch) {
        if (!fresh.type().sql().equals(old.info().typeAndCollation())) {
            scratch.run("ALTER TABLE " + scratch.name() + " ALTER COLUMN " + old.name().quoted() + " TYPE "
                    + fresh.type().sql() + " USING (" + fresh.up().text() + ")");
        }
        scratch.renameColumn(old.name(), fresh.work());
    }

    private void index(IndexInfo index) {
        String what = "index " + index.name().quoted();
        if (!index.valid() || index.replicaIdentity() || index.constraint().equals("x")) {
            workspace
                    .findings()
                    .refuse(
                            mapping.path(),
                            what + (index.valid()
                                    ? " is the replica identity or an exclusion constraint, which this version can't carry."
                                    : " is invalid."),
                            "Drop it first.");
            return;
        }
        Identifier probe = Identifier.of("migrator_index");
        rewritten(what, scratch -> {
                    scratch.createIndex(probe, index.unique(), index.usage());
                    changeColumn(scratch);
                    return scratch.indexUsage(probe);
                })
                .ifPresent(usage -> build(index, usage));
    }

    private void build(IndexInfo index, String usage) {
        if (index.constraint().equals("p")) {
            new PrimaryKeyExchange(work, mapping, index).draft(workspace, index, usage);
            return;
        }
        Identifier copy = work.names().copy(work.nextNumber());
        String place = index.tablespace().map(space -> withTablespace(usage, space)).orElse(usage);
        workspace.add(Drafts.buildIndex(work, mapping.path(), Phase.VALIDATE, 20, copy, index.unique(), place, index.name()));
        comment("INDEX", qualified(copy), index.comment());
        if (index.constraint().equals("u")) {
            ConstraintInfo unique = work.table().constraints().stream()
                    .filter(constraint -> constraint.name().equals(index.name()))
                    .findFirst()
                    .orElseThrow();
            attachUnique(unique, copy);
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

    private void attachUnique(ConstraintInfo unique, Identifier copy) {
        String timing = (unique.deferrable() ? " DEFERRABLE" : "") + (unique.deferred() ? " INITIALLY DEFERRED" : "");
        String add = alter() + "ADD CONSTRAINT " + copy.quoted() + " UNIQUE USING INDEX " + copy.quoted() + timing;
        String drop = alter() + "DROP CONSTRAINT IF EXISTS " + copy.quoted();
        workspace.add(Draft.of(
                        Phase.VALIDATE,
                        30,
                        List.of(mapping.path()),
                        "make the copy of " + unique.name() + " a constraint",
                        TableSteps.exclusively(work, List.of(add)),
                        TableSteps.exclusively(work, List.of(drop)),
                        Effect.NARROWS)
                .doneWhen(Done.hasConstraint(work.name(), copy))
                .making(List.of(work.artifact(Artifact.Kind.CONSTRAINT, copy, false))));
        comment("CONSTRAINT", copy.quoted() + " ON " + work.name().quoted(), unique.comment());
    }

    private String alter() {
        return "ALTER TABLE " + work.name().quoted() + " ";
    }

    private String qualified(Identifier name) {
        return new QualifiedName(work.name().schema(), name).quoted();
    }

    private void constraint(ConstraintInfo constraint) {
        if (constraint.type().equals("c")) {
            Identifier probe = constraint.name();
            rewritten("constraint " + constraint.name().quoted(), scratch -> {
                        scratch.run("ALTER TABLE " + scratch.name() + " ADD CONSTRAINT " + probe.quoted() + " "
                                + constraint.definition());
                        changeColumn(scratch);
                        return scratch.constraint(probe);
                    })
                    .ifPresent(definition -> add(constraint, definition, List.of(exclusive())));
        } else if (constraint.type().equals("f")) {
            QualifiedName parent = constraint.references().orElseThrow();
            if (parent.equals(work.name())) {
                workspace
                        .findings()
                        .refuse(
                                mapping.path(),
                                "foreign key " + constraint.name().quoted() + " refers to its own table, which this version"
                                        + " can't carry.",
                                "Drop it first and add it again after PURGE.");
                return;
            }
            List<TableLock> locks = List.of(
                    new TableLock(parent, LockMode.SHARE_ROW_EXCLUSIVE),
                    new TableLock(work.name(), LockMode.SHARE_ROW_EXCLUSIVE));
            add(constraint, foreignKey(constraint), locks);
        }
    }

    private TableLock exclusive() {
        return new TableLock(work.name(), LockMode.ACCESS_EXCLUSIVE);
    }

    /** The server prints the key's own columns first, in parentheses; the rest goes over as it is. */
    private String foreignKey(ConstraintInfo constraint) {
        String names = constraint.columns().stream()
                .map(number -> number == old.info().number()
                        ? fresh.work().quoted()
                        : work.table().column(number).name().quoted())
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

    private void add(ConstraintInfo constraint, String definition, List<TableLock> locks) {
        Identifier copy = work.names().copy(work.nextNumber());
        String notValid = definition.endsWith(" NOT VALID") ? "" : " NOT VALID";
        String add = alter() + "ADD CONSTRAINT " + copy.quoted() + " " + definition + notValid;
        String drop = alter() + "DROP CONSTRAINT IF EXISTS " + copy.quoted();
        workspace.add(Drafts.addConstraint(
                work, mapping.path(), 30, copy, "add a copy of " + constraint.name(), add, drop, locks));
        if (constraint.validated()) {
            workspace.add(Drafts.validate(work, mapping.path(), 40, copy, constraint.references()));
        }
        comment("CONSTRAINT", copy.quoted() + " ON " + work.name().quoted(), constraint.comment());
        work.copies().add(new Copy(Copy.Kind.CONSTRAINT, copy, constraint.name(), false));
    }

    private void statistics(StatisticsInfo statistics) {
        Identifier probe = Identifier.of("migrator_statistics");
        Identifier copy = work.names().copy(work.nextNumber());
        String ending = " FROM " + work.name().quoted();
        rewritten("statistics " + statistics.name().name().quoted(), scratch -> {
                    scratch.createStatistics(probe, statistics.usage());
                    changeColumn(scratch);
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
                                    List.of(mapping.path()),
                                    "copy the statistics " + statistics.name().name(),
                                    new Action.Transaction(
                                            List.of(new TableLock(work.name(), LockMode.SHARE_UPDATE_EXCLUSIVE)),
                                            List.of(create)),
                                    drop,
                                    Effect.ADDS)
                            .making(List.of(work.artifact(Artifact.Kind.STATISTICS, copy, false))));
                    comment("STATISTICS", qualified(copy), statistics.comment());
                    work.copies().add(new Copy(Copy.Kind.STATISTICS, copy, statistics.name().name(), false));
                });
    }

    private void comment(String kind, String name, Optional<String> comment) {
        comment.ifPresent(text -> workspace.add(Draft.of(
                Phase.VALIDATE,
                55,
                List.of(mapping.path()),
                "copy the comment on " + name,
                new Action.Transaction(
                        List.of(), List.of("COMMENT ON " + kind + " " + name + " IS " + Literal.text(text))),
                new Action.Nothing(),
                Effect.ADDS)));
    }
}
