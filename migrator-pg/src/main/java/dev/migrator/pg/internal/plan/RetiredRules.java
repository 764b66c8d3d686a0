package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.Phase;
import dev.migrator.pg.internal.catalog.ConstraintInfo;
import dev.migrator.pg.internal.catalog.IndexInfo;
import dev.migrator.pg.internal.expression.Scratch;
import dev.migrator.pg.internal.sql.Literal;
import dev.migrator.plan.Action;
import dev.migrator.plan.Effect;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.TableLock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Finds the rules of columns that leave, and drafts how a rollback proves them again. */
final class RetiredRules {
    private static final String REMEDY = "See that `down` keeps it, or drop it first.";

    private final Workspace workspace;
    private final TableWork work;

    RetiredRules(Workspace workspace, TableWork work) {
        this.workspace = workspace;
        this.work = work;
    }

    /** Notes the rules that are set aside, and tells of the keys that stay in force. */
    void find() {
        Map<Integer, String> leaving = leaving();
        if (leaving.isEmpty()) {
            return;
        }
        for (ConstraintInfo constraint : work.table().constraints()) {
            if (constraint.type().equals("c")) {
                path(constraint.columns(), leaving).ifPresent(path -> check(constraint, path));
            }
        }
        work.fills().stream().filter(fill -> fill.losesNotNull(work)).forEach(this::notNull);
        work.table().indexes().stream().filter(IndexInfo::unique).forEach(index -> stays(index, leaving));
    }

    /** The columns that leave and whose value the new release does not write itself, with their operation's path. */
    private Map<Integer, String> leaving() {
        Map<Integer, String> leaving = new TreeMap<>();
        for (Mapping mapping : work.mappings()) {
            if (!mapping.downCannotFail()) {
                mapping.old().forEach(column -> leaving.put(column.info().number(), mapping.path()));
            }
        }
        work.fills().stream()
                .filter(Fill::retires)
                .forEach(fill -> leaving.put(fill.info().number(), fill.path()));
        work.dropped().forEach(column -> leaving.put(column.info().number(), column.path()));
        return leaving;
    }

    private void check(ConstraintInfo constraint, String path) {
        Identifier name = constraint.name();
        String what = "constraint " + name.quoted();
        Scratch scratch = work.scratch();
        scratch.tryOut();
        scratch.run(
                "ALTER TABLE " + scratch.name() + " ADD CONSTRAINT " + name.quoted() + " " + constraint.definition());
        retiredNames().forEach(scratch::renameColumn);
        String definition = scratch.definitions().constraint(name);
        String condition = scratch.definitions().checked(name);
        scratch.forget();
        work.rules()
                .add(new RetiredRule(
                        path,
                        what,
                        name,
                        definition,
                        "(" + condition + ") IS FALSE",
                        constraint.validated(),
                        constraint.comment(),
                        List.of(work.alter() + "DROP CONSTRAINT IF EXISTS " + name.quoted()),
                        List.of()));
        workspace
                .findings()
                .warn(
                        path,
                        what
                                + " stays in force until CONTRACT: a write of the new release that breaks it on the old side"
                                + " fails. From CONTRACT on it is set aside, and a rollback proves it again first.",
                        REMEDY);
    }

    private Map<Identifier, Identifier> retiredNames() {
        Map<Identifier, Identifier> names = new HashMap<>();
        work.mappings().forEach(mapping -> names.putAll(mapping.oldAfter()));
        work.fills().stream().filter(Fill::retires).forEach(fill -> names.put(fill.column(), fill.retired()));
        work.dropped().forEach(column -> names.put(column.info().name(), column.retired()));
        return names;
    }

    private void notNull(Fill fill) {
        Identifier proof = work.names().proof("b" + fill.info().number());
        String retired = fill.retired().quoted();
        workspace
                .findings()
                .warn(
                        fill.path() + ".down",
                        fill.column().quoted()
                                + " refuses NULL until CONTRACT: a write for which `down` gives NULL fails."
                                + " From then on such a row is kept, and refuses a rollback.",
                        "See that it never does.");
        work.rules()
                .add(new RetiredRule(
                        fill.path(),
                        "NOT NULL of " + fill.column().quoted(),
                        proof,
                        "CHECK (" + retired + " IS NOT NULL)",
                        retired + " IS NULL",
                        true,
                        Optional.empty(),
                        List.of(work.alter() + "ALTER COLUMN " + retired + " DROP NOT NULL"),
                        Stream.concat(
                                        RollbackProofs.restoredNotNull(work, fill.info()).stream(),
                                        Stream.of(work.alter() + "DROP CONSTRAINT IF EXISTS " + proof.quoted()))
                                .toList()));
    }

    /** A key also stands on the retired column, and refuses what {@code down} makes of a write. */
    private void stays(IndexInfo index, Map<Integer, String> leaving) {
        for (Fill fill : work.fills()) {
            boolean alone =
                    fill.retires() && index.columns().equals(Set.of(fill.info().number()));
            if (alone && fill.value().columns().isEmpty()) {
                workspace
                        .findings()
                        .refuse(
                                fill.path() + ".down",
                                "`down` gives every row the same value, which the unique index "
                                        + index.name().quoted() + " allows once.",
                                "Compute it from other columns, or drop the index first.");
                return;
            }
        }
        Map<Integer, String> filled = new TreeMap<>(leaving);
        work.dropped().forEach(column -> filled.remove(column.info().number()));
        path(index.columns(), filled).ifPresent(path -> workspace
                .findings()
                .warn(
                        path,
                        "unique index " + index.name().quoted()
                                + " stays in force on the retired column until PURGE:"
                                + " a write whose `down` breaks it fails.",
                        REMEDY));
    }

    /** The operation that takes one of the columns away. */
    private static Optional<String> path(Collection<Integer> columns, Map<Integer, String> leaving) {
        return leaving.entrySet().stream()
                .filter(entry -> columns.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** Steps that do nothing forward; on the way back, before the exchange is undone, they prove each rule without a lock. */
    static List<Draft> wayBack(TableWork work) {
        List<RetiredRule> rules = work.rules();
        if (rules.isEmpty()) {
            return List.of();
        }
        List<String> paths = rules.stream().map(RetiredRule::path).distinct().toList();
        List<String> adds = new ArrayList<>();
        List<String> validations = new ArrayList<>();
        List<Action.Violation> broken = new ArrayList<>();
        for (RetiredRule rule : rules) {
            String name = rule.name().quoted();
            boolean notValid = rule.definition().endsWith(" NOT VALID");
            adds.add(work.alter() + "DROP CONSTRAINT IF EXISTS " + name);
            adds.add(
                    work.alter() + "ADD CONSTRAINT " + name + " " + rule.definition() + (notValid ? "" : " NOT VALID"));
            rule.comment()
                    .ifPresent(text -> adds.add("COMMENT ON CONSTRAINT " + name + " ON "
                            + work.name().quoted() + " IS " + Literal.text(text)));
            if (rule.validated()) {
                validations.add(work.alter() + "VALIDATE CONSTRAINT " + name);
                broken.add(new Action.Violation("the old shape can't hold it: " + rule.title(), rule.broken()));
            }
        }
        List<Draft> drafts = new ArrayList<>();
        if (!validations.isEmpty()) {
            Action scan =
                    new Action.Scan(List.of(new TableLock(work.name(), LockMode.SHARE_UPDATE_EXCLUSIVE)), validations);
            drafts.add(back(11, paths, "prove that every row obeys the old shape's rules", scan));
        }
        drafts.add(back(21, paths, "refuse what the old shape's rules refuse", TableSteps.exclusively(work, adds)));
        if (!broken.isEmpty()) {
            Action count = new Action.Compare(work.name(), work.table().primaryKey(), broken);
            drafts.add(back(31, paths, "look for rows that break the old shape's rules", count));
        }
        return drafts;
    }

    private static Draft back(int slot, List<String> paths, String title, Action undo) {
        return Draft.of(
                Phase.CONTRACT,
                Exchange.SLOT + slot,
                paths,
                "for a rollback: " + title,
                new Action.Nothing(),
                undo,
                Effect.ADDS);
    }
}
