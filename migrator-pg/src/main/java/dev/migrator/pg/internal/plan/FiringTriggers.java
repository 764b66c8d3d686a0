package dev.migrator.pg.internal.plan;

import dev.migrator.pg.internal.catalog.TriggerInfo;
import dev.migrator.plan.Action;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The table's own triggers that the backfill's updates fire: an audit or an outbox would be flooded. */
final class FiringTriggers {
    private final Workspace workspace;
    private final TableWork work;
    private final List<Draft> backfills;

    /**
     * Those of a table.
     *
     * @param drafts the steps of all tables
     */
    FiringTriggers(Workspace workspace, TableWork work, Collection<Draft> drafts) {
        this.workspace = workspace;
        this.work = work;
        this.backfills = drafts.stream()
                .filter(draft -> draft.action() instanceof Action.Backfill backfill
                        && backfill.table().equals(work.name()))
                .toList();
    }

    void tell() {
        if (backfills.isEmpty()) {
            return;
        }
        String path = backfills.get(0).paths().get(0);
        if (workspace.skipsUserTriggers()) {
            tellOfSkipped();
            return;
        }
        String rowsOnce = names(trigger -> trigger.eachRow() && !trigger.conditional());
        if (!rowsOnce.isEmpty()) {
            workspace
                    .findings()
                    .warn(
                            path,
                            "the backfill updates " + rows() + " of "
                                    + work.name().quoted() + ", and once for each row these triggers fire: " + rowsOnce
                                    + ".",
                            "See that what they write to can bear it (an audit, an outbox, updated_at). If they must not fire,"
                                    + " make them anew before EXPAND: for UPDATE OF the columns that matter, or with a"
                                    + " condition such as WHEN (OLD.a IS DISTINCT FROM NEW.a), on columns that this migration"
                                    + " does not replace; or leave them out (backfill: { userTriggers: skip }), for which"
                                    + " this role needs a right.");
        }
        String conditional = names(trigger -> trigger.eachRow() && trigger.conditional());
        if (!conditional.isEmpty()) {
            workspace
                    .findings()
                    .note(
                            path,
                            "the backfill updates " + rows() + " of "
                                    + work.name().quoted()
                                    + "; these triggers fire for those rows for which their WHEN is true: "
                                    + conditional
                                    + ".");
        }
        // Batches write partitions, one by one, and not the partitioned table.
        String statement = names(trigger -> !trigger.eachRow() && !work.table().isPartitioned());
        if (!statement.isEmpty()) {
            workspace
                    .findings()
                    .note(
                            path,
                            "the backfill updates " + work.name().quoted()
                                    + " in small batches, and once for each batch these triggers fire: " + statement
                                    + ".");
        }
    }

    /** Without triggers of origin; those of a replica fire then, which else do not. */
    private void tellOfSkipped() {
        String path = "backfill.userTriggers";
        String skipped = names(trigger -> trigger.enabled().equals("O"), this::concerned);
        if (!skipped.isEmpty()) {
            workspace
                    .findings()
                    .note(
                            path,
                            "the backfill updates " + rows() + " of "
                                    + work.name().quoted() + " without these triggers: " + skipped + ".");
        }
        String still = names(trigger -> trigger.enabled().matches("[AR]"), this::concerned);
        if (!still.isEmpty()) {
            workspace
                    .findings()
                    .warn(
                            path,
                            "the backfill updates " + rows() + " of "
                                    + work.name().quoted()
                                    + ", and these triggers fire for it all the same, since they are enabled ALWAYS or"
                                    + " REPLICA: " + still + ".",
                            "See that what they write to can bear it, or ALTER TABLE … ENABLE TRIGGER them (as origin) for"
                                    + " the time.");
        }
    }

    private String names(Predicate<TriggerInfo> kind) {
        return names(kind, this::fires);
    }

    private String names(Predicate<TriggerInfo> kind, Predicate<TriggerInfo> concerned) {
        return work.table().triggers().stream()
                .filter(concerned)
                .filter(kind)
                .map(trigger -> trigger.name().quoted())
                .collect(Collectors.joining(", "));
    }

    private boolean fires(TriggerInfo trigger) {
        return trigger.enabled().matches("[OA]") && concerned(trigger);
    }

    /** A trigger UPDATE OF fires for the columns that a statement sets, and a backfill sets old ones only to fill them. */
    private boolean concerned(TriggerInfo trigger) {
        Set<Integer> filled = work.fills().stream()
                .filter(fill -> !fill.retires())
                .map(fill -> fill.info().number())
                .collect(Collectors.toSet());
        return trigger.onUpdate()
                && (trigger.ofColumns().isEmpty()
                        || trigger.ofColumns().stream().anyMatch(filled::contains));
    }

    private String rows() {
        String most = work.hasMarker() ? "" : "those that lack a value, at most ";
        long rows = work.table().rows();
        return rows < 0
                ? (work.hasMarker() ? "every row" : "the rows that lack a value")
                : most + String.format(Locale.ROOT, "about %,d rows", rows);
    }
}
