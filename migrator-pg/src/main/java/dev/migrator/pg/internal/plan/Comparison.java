package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.Phase;
import dev.migrator.plan.Action;
import dev.migrator.plan.Effect;
import java.util.ArrayList;
import java.util.List;

/** Reads of the whole table that prove row by row that the two shapes agree. */
final class Comparison {
    private final TableWork work;
    private final String marker;

    Comparison(TableWork work) {
        this.work = work;
        this.marker = work.names().marker().quoted();
    }

    private Action.Compare compare(List<Action.Violation> rules) {
        return new Action.Compare(work.name(), work.table().primaryKey(), rules);
    }

    /** While the old side is in its place. */
    Draft before(Phase phase, int slot) {
        List<Action.Violation> rules = new ArrayList<>();
        rules.add(
                work.table().isPartitioned()
                        ? attached()
                        : new Action.Violation("pending: not filled yet", Marker.isPending(marker)));
        for (int i = 0; i < work.mappings().size(); i++) {
            Mapping mapping = work.mappings().get(i);
            String title = work.title(mapping);
            rules.add(new Action.Violation(
                    "failed: up can't be computed for " + title, Marker.isIn(marker, i, Marker.FAILED)));
            agreement(i, mapping, title, rules);
        }
        return Draft.of(
                phase,
                slot,
                work.paths(),
                "prove that both shapes of every row of " + work.name().name() + " agree",
                compare(rules),
                new Action.Nothing(),
                Effect.FILLS);
    }

    /** A partition that is attached brings rows past the triggers; any write of such a row brings it into step. */
    private Action.Violation attached() {
        return new Action.Violation(
                "pending: not filled yet, or not since its partition was attached",
                Marker.isPending(marker),
                "Write such rows once: UPDATE " + work.name().quoted() + " SET " + marker + " = " + marker + " WHERE "
                        + Marker.isPending(marker));
    }

    private void agreement(int i, Mapping mapping, String title, List<Action.Violation> rules) {
        if (mapping.derivable()) {
            List<String> values = mapping.fresh().stream()
                    .map(column -> "(" + column.up().onRow(mapping.oldBefore()) + ")::"
                            + column.type().name())
                    .toList();
            rules.add(new Action.Violation(
                    "differs from up: " + title, differs(i, Marker.FROM_OLD, mapping.news(""), values)));
        }
        if (!mapping.old().isEmpty()) {
            List<String> values = mapping.old().stream()
                    .map(column -> "(" + column.down().onRow(mapping.freshBefore()) + ")::"
                            + column.info().type())
                    .toList();
            rules.add(new Action.Violation(
                    "differs from down: " + title, differs(i, Marker.FROM_NEW, mapping.olds(""), values)));
        }
    }

    /** AND promises no order, and where a row has failed the expression would fail again. */
    private String differs(int i, int side, List<String> columns, List<String> values) {
        return "CASE WHEN " + Sql.anyBit(marker, 1) + " AND " + Marker.isIn(marker, i, side) + " THEN "
                + Sql.differ(columns, values) + " ELSE false END";
    }

    /** While the new side is in its place, and the look at what a rollback could not hold. */
    List<Draft> after() {
        List<Action.Violation> rules = new ArrayList<>();
        List<Action.Violation> outgrown = new ArrayList<>();
        for (int i = 0; i < work.mappings().size(); i++) {
            Mapping mapping = work.mappings().get(i);
            if (mapping.old().isEmpty()) {
                continue;
            }
            String title = work.title(mapping);
            List<String> retired = mapping.old().stream()
                    .map(column -> column.retired().quoted())
                    .toList();
            List<String> values = mapping.old().stream()
                    .map(column ->
                            "(" + column.down().text() + ")::" + column.info().type())
                    .toList();
            rules.add(new Action.Violation(
                    "retired side differs from down: " + title, differs(i, Marker.FROM_NEW, retired, values)));
            if (mapping.derivable() && readsOnlyOld(mapping)) {
                List<String> news = mapping.fresh().stream()
                        .map(column -> column.name().quoted())
                        .toList();
                List<String> ups = mapping.fresh().stream()
                        .map(column -> "(" + column.up().onRow(mapping.oldAfter()) + ")::"
                                + column.type().name())
                        .toList();
                rules.add(new Action.Violation("differs from up: " + title, differs(i, Marker.FROM_OLD, news, ups)));
            }
            outgrown.add(
                    new Action.Violation("the old shape can't hold " + title, Marker.isIn(marker, i, Marker.FAILED)));
        }
        if (rules.isEmpty()) {
            return List.of();
        }
        if (work.table().isPartitioned()) {
            // Several rules are asked as one, under their names alone.
            outgrown.add(new Action.Violation(
                    "it came with a partition that was attached (any UPDATE brings it into step, e.g. SET " + marker
                            + " = " + marker + ")",
                    Marker.isPending(marker)));
        }
        Draft proof = Draft.of(
                Phase.CONTRACT,
                Exchange.SLOT + 30,
                work.paths(),
                "prove that the retired shape of " + work.name().name() + " is in step",
                compare(rules),
                compare(outgrown),
                Effect.FILLS);
        return List.of(proof);
    }

    /** From CONTRACT on nobody derives the new side again when other columns change. */
    static boolean readsOnlyOld(Mapping mapping) {
        List<Identifier> olds = mapping.old().stream().map(OldColumn::name).toList();
        return mapping.fresh().stream()
                .allMatch(column -> olds.containsAll(column.up().columns()));
    }
}
