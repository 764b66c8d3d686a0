package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.pg.internal.catalog.TriggerInfo;
import dev.migrator.pg.internal.sql.Literal;
import dev.migrator.plan.Artifact;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The sync triggers of one table: their names, when they fire, and the statements that make and drop them.
 *
 * <p>{@code ENABLE ALWAYS}, so that replication apply workers and {@code session_replication_role = replica} fire them, too.
 * The WHEN conditions look at the marker's transition and at what the table's own triggers did, never at a session setting,
 * which would leak into the triggers of other tables (experiment 2).
 */
final class SyncTriggers {
    private final TableWork work;
    private final List<Identifier> others;
    private final boolean ownTriggersBefore;

    SyncTriggers(TableWork work) {
        this.work = work;
        this.others = work.table().triggers().stream().map(TriggerInfo::name).toList();
        this.ownTriggersBefore = work.table().triggers().stream().anyMatch(TriggerInfo::beforeRow);
    }

    private Identifier last(String event) {
        return work.names().lastTrigger(others, event);
    }

    private Identifier first(String event) {
        return work.names().firstTrigger(others, "_b" + event);
    }

    private Identifier note(int column) {
        return work.names().firstTrigger(others, "_a" + column);
    }

    private boolean needsFirst() {
        return work.hasMarker()
                && ownTriggersBefore
                && work.mappings().stream().anyMatch(mapping -> !mapping.old().isEmpty());
    }

    /** The function for the time until CONTRACT, with its triggers. */
    List<String> forward() {
        List<String> statements = new ArrayList<>();
        statements.add(function(new ForwardBody(work).text()));
        List<NewColumn> columns = work.newColumns();
        for (int n = 0; n < columns.size(); n++) {
            NewColumn column = columns.get(n);
            if (!column.takesOverName()) {
                String pending = Sql.noBit("OLD." + marker(), 1) + " AND " + Sql.noBit("NEW." + marker(), 1);
                statements.addAll(trigger(
                        note(n),
                        "UPDATE OF " + column.work().quoted(),
                        pending,
                        "'note', " + Literal.text(String.valueOf(Marker.noteSet(n)))));
            }
        }
        if (needsFirst()) {
            statements.addAll(trigger(first("i"), "INSERT", "", "'first'"));
            statements.addAll(trigger(first("u"), "UPDATE", forwardCondition(), "'first'"));
        }
        statements.addAll(trigger(last("i"), "INSERT", "", "'last'"));
        boolean onUpdate = work.hasMarker() || work.fills().stream().anyMatch(Fill::onUpdateToo);
        if (onUpdate) {
            statements.addAll(trigger(last("u"), "UPDATE", forwardCondition(), "'last'"));
        }
        return statements;
    }

    /** The function for the time from CONTRACT to PURGE, with its triggers; the same names, so that nothing is new. */
    List<String> reverse() {
        List<String> statements = new ArrayList<>();
        if (!syncsAfterContract()) {
            return statements;
        }
        statements.add(function(new ReverseBody(work).text()));
        statements.addAll(trigger(last("i"), "INSERT", "", "'last'"));
        if (work.hasMarker()) {
            Set<String> watched = new TreeSet<>();
            work.mappings().forEach(mapping -> {
                watched.addAll(ReverseBody.watched(mapping));
                ReverseBody.inputs(mapping, work).forEach(input -> watched.add(input.quoted()));
            });
            String changed = Sql.differ(
                    ReverseBody.prefixed("NEW.", List.copyOf(watched)),
                    ReverseBody.prefixed("OLD.", List.copyOf(watched)));
            String attached = work.table().isPartitioned() ? " OR " + Marker.isPending("OLD." + marker()) : "";
            statements.addAll(trigger(last("u"), "UPDATE", changed + attached, "'last'"));
        }
        return statements;
    }

    private boolean syncsAfterContract() {
        return work.hasMarker() || work.fills().stream().anyMatch(Fill::retires);
    }

    /** Drops all triggers, and the function unless it is about to be replaced. */
    List<String> drop(boolean functionToo) {
        List<String> statements = new ArrayList<>();
        for (Identifier trigger : all()) {
            statements.add("DROP TRIGGER IF EXISTS " + trigger.quoted() + " ON "
                    + work.name().quoted());
        }
        if (functionToo) {
            statements.add("DROP FUNCTION IF EXISTS " + work.function().quoted() + "()");
        }
        return statements;
    }

    private List<Identifier> all() {
        List<Identifier> all = new ArrayList<>();
        for (int n = 0; n < work.newColumns().size(); n++) {
            if (!work.newColumns().get(n).takesOverName()) {
                all.add(note(n));
            }
        }
        if (needsFirst()) {
            all.add(first("i"));
            all.add(first("u"));
        }
        all.add(last("i"));
        all.add(last("u"));
        return all;
    }

    List<Artifact> artifacts() {
        List<Artifact> artifacts = new ArrayList<>();
        artifacts.add(work.artifact(Artifact.Kind.FUNCTION, work.names().function(), true));
        all().forEach(name -> artifacts.add(work.artifact(Artifact.Kind.TRIGGER, name, true)));
        return artifacts;
    }

    private String marker() {
        return work.names().marker().quoted();
    }

    private String function(String body) {
        return "CREATE OR REPLACE FUNCTION " + work.function().quoted()
                + "() RETURNS trigger LANGUAGE plpgsql SECURITY INVOKER AS "
                + Literal.body("\n" + Literal.portable(body));
    }

    private List<String> trigger(Identifier name, String event, String condition, String arguments) {
        String table = work.name().quoted();
        String when = condition.isEmpty() ? "" : " WHEN (" + condition + ")";
        return List.of(
                "CREATE TRIGGER " + name.quoted() + " BEFORE " + event + " ON " + table + " FOR EACH ROW" + when
                        + " EXECUTE FUNCTION " + work.function().quoted() + "(" + arguments + ")",
                "ALTER TABLE " + table + " ENABLE ALWAYS TRIGGER " + name.quoted());
    }

    /** Not for the backfill's own UPDATE, unless the table's own triggers changed the old side in it. */
    private String forwardCondition() {
        List<String> conditions = new ArrayList<>();
        if (work.hasMarker()) {
            Set<String> olds = new TreeSet<>();
            Set<String> news = new TreeSet<>();
            for (Mapping mapping : work.mappings()) {
                mapping.old().forEach(column -> olds.add(column.name().quoted()));
                mapping.inputs().forEach(column -> olds.add(column.quoted()));
                mapping.fresh().forEach(column -> news.add(column.work().quoted()));
            }
            conditions.add(Sql.noBit("NEW." + marker(), 1));
            if (!olds.isEmpty()) {
                conditions.add(Sql.differ(
                        ReverseBody.prefixed("NEW.", List.copyOf(olds)),
                        ReverseBody.prefixed("OLD.", List.copyOf(olds))));
            }
            conditions.add(Sql.anyBit("OLD." + marker(), 1) + " AND "
                    + Sql.differ(
                            ReverseBody.prefixed("NEW.", List.copyOf(news)),
                            ReverseBody.prefixed("OLD.", List.copyOf(news))));
        }
        work.fills().stream()
                .filter(Fill::onUpdateToo)
                .forEach(fill -> conditions.add("NEW." + fill.column().quoted() + " IS NULL"));
        return Sql.any(conditions);
    }
}
