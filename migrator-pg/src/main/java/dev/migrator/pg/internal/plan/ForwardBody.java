package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.pg.internal.sql.Literal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The sync function from EXPAND to CONTRACT, while both shapes may be written.
 *
 * <p>It is called by three kinds of trigger, told apart by the first argument: {@code note} writes down that a statement
 * names a new column of a pending row, even if it sets it to NULL; {@code first} fills the old side before the table's own
 * triggers look at it; {@code last} brings both sides into step after them.
 *
 * <p>The rules, in the order in which they are asked for each mapping:
 *
 * <ol>
 *   <li>UPDATE of a pending row: the whole new side is derived from OLD first, into OLD, and into NEW where the statement
 *       left it alone. Only then is anything compared. (Else an update of half of the new side loses the other half.)
 *   <li>The side that changed wins; if both changed, both stay.
 *   <li>INSERT: only the old side given, the new one is derived; only the new one given, the old one is; both, both stay.
 *   <li>A derivation of the new side that fails never fails the statement: the row is marked as failed.
 * </ol>
 */
final class ForwardBody {
    /** Without a backslash, which means something else in sessions without standard_conforming_strings. */
    private static final String MAY_BE_MERGE =
            "(?n)[[:<:]]merge[[:>:]]|^SQL function|(^|^SQL statement \"|;|[*]/|^[[:space:]]*explain[^;]*[[:space:]])"
                    + "[[:space:]]*execute[[:>:]]";

    private final TableWork work;
    private final String marker;
    private final StringBuilder text = new StringBuilder();

    ForwardBody(TableWork work) {
        this.work = work;
        this.marker = work.hasMarker() ? work.names().marker().quoted() : "";
    }

    String text() {
        line("#variable_conflict use_column");
        line("DECLARE");
        line("  is_last pg_catalog.bool := TG_ARGV[0] OPERATOR(pg_catalog.=) 'last';");
        line("  notes pg_catalog.int4 := 0;");
        line("  mark pg_catalog.int4 := 1;");
        line("  pending pg_catalog.bool := false;");
        line("  seen pg_catalog.text;");
        for (int i = 0; i < work.mappings().size(); i++) {
            line("  broken_" + i + " pg_catalog.bool := false;");
        }
        line("  derived pg_catalog.record;");
        line("BEGIN");
        if (work.hasMarker()) {
            text.append(OldRowType.giveBack(work));
            readNotes();
            for (int i = 0; i < work.mappings().size(); i++) {
                mapping(i, work.mappings().get(i));
            }
            line("  IF is_last THEN NEW." + marker + " := mark;");
            line("  ELSIF " + Sql.anyBit("notes", ~1) + " THEN NEW." + marker + " := notes; END IF;");
        }
        work.fills().forEach(this::fill);
        line("  RETURN NEW;");
        line("END");
        return text.toString();
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    /** Of the table's row type without naming a type: the writer may have no right to look into its schema. */
    private static String derived(Identifier column) {
        return "derived." + column.quoted();
    }

    private void readNotes() {
        line("  IF TG_ARGV[0] OPERATOR(pg_catalog.=) 'note' THEN");
        // A MERGE fires this for the columns of all its actions, not only of the one that it takes; noting a NULL that
        // nobody wrote would take the value from both shapes. Where the statement can't be seen it may be one.
        line("    GET DIAGNOSTICS seen = PG_CONTEXT;");
        line("    IF seen OPERATOR(pg_catalog.!~) '(?n)^SQL statement ' THEN");
        // Called by something else, which bears other names in other languages. Replication's apply worker has no
        // statement, and knows no MERGE.
        line(
                "      seen := pg_catalog.concat(seen, pg_catalog.chr(10), CASE WHEN pg_catalog.current_query() IS NOT NULL"
                        + " AND pg_catalog.strpos(seen, pg_catalog.chr(10)) OPERATOR(pg_catalog.>) 0 THEN 'merge'"
                        + " ELSE pg_catalog.current_query() END);");
        line("    END IF;");
        line("    IF seen OPERATOR(pg_catalog.!~*) " + Literal.text(MAY_BE_MERGE) + " THEN");
        line("      NEW." + marker + " := NEW." + marker + " OPERATOR(pg_catalog.|) TG_ARGV[1]::pg_catalog.int4;");
        line("    END IF;");
        line("    RETURN NEW;");
        line("  END IF;");
        line("  IF " + Sql.noBit("NEW." + marker, 1) + " THEN");
        line("    notes := NEW." + marker + ";");
        line("  ELSIF TG_OP OPERATOR(pg_catalog.=) 'INSERT' THEN");
        // A row that moves between partitions arrives with both sides in step.
        line("    RETURN NEW;");
        line("  END IF;");
        line("  pending := TG_OP OPERATOR(pg_catalog.=) 'UPDATE';");
        line("  IF pending THEN pending := " + Sql.noBit("OLD." + marker, 1) + "; END IF;");
        line("  IF pending THEN derived := OLD; END IF;");
    }

    private void mapping(int i, Mapping mapping) {
        line("  -- " + work.title(mapping).replace('\n', ' ').replace('\r', ' '));
        line("  IF pending THEN");
        derive(i, mapping);
        line("  END IF;");
        line("  IF " + Sql.anyBit("notes", Marker.noteDerived(i)) + " THEN");
        afterFirst(i, mapping);
        line("  ELSIF TG_OP OPERATOR(pg_catalog.=) 'INSERT' THEN");
        insert(i, mapping);
        line("  ELSE");
        update(i, mapping);
        line("  END IF;");
    }

    private void derive(int i, Mapping mapping) {
        List<String> targets =
                mapping.fresh().stream().map(column -> derived(column.work())).toList();
        up(mapping, targets, "OLD", "broken_" + i + " := true;");
        for (NewColumn column : mapping.fresh()) {
            String name = column.work().quoted();
            String untouched = "NOT " + Sql.differ(List.of("NEW." + name), List.of("OLD." + name));
            String note = Sql.noBit("notes", Marker.noteSet(work.newColumnNumber(column)));
            line("    IF " + note + " AND " + untouched + " THEN NEW." + name + " := " + derived(column.work())
                    + "; END IF;");
            line("    OLD." + name + " := " + derived(column.work()) + ";");
        }
    }

    /** The old side was derived before the table's own triggers ran; if they changed it, they have the last word. */
    private void afterFirst(int i, Mapping mapping) {
        List<String> targets =
                mapping.old().stream().map(column -> derived(column.name())).toList();
        if (targets.isEmpty()) {
            state(i, Marker.FROM_NEW);
            return;
        }
        line("    derived := NEW;");
        down(mapping, targets);
        line("    IF " + Sql.differ(mapping.olds("NEW."), targets) + " THEN");
        upFromNew(i, mapping);
        line("    ELSE");
        state(i, Marker.FROM_NEW);
        line("    END IF;");
    }

    private void insert(int i, Mapping mapping) {
        line("    IF " + OldDefaults.newSideIsAbsent(mapping) + " THEN");
        text.append(OldDefaults.takenOver(mapping));
        line("      IF is_last THEN");
        upFromNew(i, mapping);
        line("      END IF;");
        line("    ELSIF " + OldDefaults.oldSideIsAbsent(mapping) + " THEN");
        downIntoNew(i, mapping);
        line("    ELSE");
        text.append(OldDefaults.takenOver(mapping));
        state(i, Marker.BOTH);
        line("    END IF;");
    }

    private void update(int i, Mapping mapping) {
        defaultsInUpdate(i, mapping);
        String newChanged = Sql.differ(mapping.news("NEW."), mapping.news("OLD."));
        line("    IF " + newChanged + " THEN");
        if (mapping.old().isEmpty()) {
            downIntoNew(i, mapping);
        } else {
            line("      IF " + Sql.differ(mapping.olds("NEW."), mapping.olds("OLD.")) + " THEN");
            state(i, Marker.BOTH);
            line("      ELSE");
            downIntoNew(i, mapping);
            line("      END IF;");
        }
        line("    ELSIF is_last THEN");
        int all = Marker.bits(i, 3);
        // A row that failed is tried again, too: what was in the way may have been an input.
        String wasFromOld = "(pending OR " + Sql.bitsAre("OLD." + marker, all, Marker.bits(i, Marker.FROM_OLD)) + " OR "
                + Sql.bitsAre("OLD." + marker, all, Marker.bits(i, Marker.FAILED)) + ")";
        String inputsChanged = inputsChanged(mapping);
        String oldChanged = mapping.old().isEmpty() ? "false" : Sql.differ(mapping.olds("NEW."), mapping.olds("OLD."));
        line("      IF " + oldChanged + " OR (" + inputsChanged + " AND " + wasFromOld + ") THEN");
        upFromNew(i, mapping);
        line("      ELSIF pending THEN");
        line("        IF broken_" + i + " THEN " + stateText(i, Marker.FAILED) + " END IF;");
        if (!mapping.old().isEmpty() && !mapping.inputs().isEmpty()) {
            line("      ELSIF " + inputsChanged + " AND "
                    + Sql.bitsAre("OLD." + marker, all, Marker.bits(i, Marker.FROM_NEW)) + " THEN");
            downIntoNew(i, mapping);
        }
        line("      ELSE");
        line("        mark := mark OPERATOR(pg_catalog.|) (OLD." + marker + " OPERATOR(pg_catalog.&) " + all + ");");
        line("      END IF;");
        line("    END IF;");
    }

    /**
     * Where NULL is refused in the end it is no value of the new side, as in an INSERT: the old side decides, with its own
     * default if the statement left it alone.
     */
    private void defaultsInUpdate(int i, Mapping mapping) {
        if (OldDefaults.newSideRefusesNull(mapping)) {
            line("    IF " + OldDefaults.newSideBecomesNull(mapping) + " THEN");
            line("      IF " + Sql.differ(mapping.olds("NEW."), mapping.olds("OLD.")) + " THEN");
            line("        " + OldDefaults.newSideAsItWas(mapping));
            if (mapping.old().get(0).defaultTakenOver()) {
                line("      ELSE");
                line("        NEW." + mapping.old().get(0).name().quoted() + " := NULL;");
                text.append(OldDefaults.takenOver(mapping));
                upFromNew(i, mapping);
            }
            line("      END IF;");
            line("    END IF;");
        }
        text.append(OldDefaults.takenOver(mapping));
    }

    private static String inputsChanged(Mapping mapping) {
        Set<Identifier> inputs = mapping.inputs();
        return inputs.isEmpty() ? "false" : Sql.differ(Sql.places(inputs, "NEW."), Sql.places(inputs, "OLD."));
    }

    private void upFromNew(int i, Mapping mapping) {
        up(mapping, mapping.news("NEW."), "NEW", stateText(i, Marker.FAILED));
    }

    private void up(Mapping mapping, List<String> targets, String row, String onFailure) {
        List<String> values =
                mapping.fresh().stream().map(column -> column.up().text()).toList();
        Set<Identifier> columns = new TreeSet<>();
        mapping.fresh().forEach(column -> columns.addAll(column.up().columns()));
        String assignment = Plpgsql.assign(work.table().name().name(), targets, values, columns, Map.of(), row);
        line(mapping.upCannotFail() ? assignment : Plpgsql.guarded(assignment, targets, onFailure));
    }

    private void downIntoNew(int i, Mapping mapping) {
        if (!mapping.old().isEmpty()) {
            down(mapping, mapping.olds("NEW."));
        }
        line("    IF NOT is_last THEN notes := " + Sql.with("notes", Marker.noteDerived(i)) + "; END IF;");
        state(i, Marker.FROM_NEW);
    }

    private void down(Mapping mapping, List<String> targets) {
        List<String> values =
                mapping.old().stream().map(column -> column.down().text()).toList();
        Set<Identifier> columns = new TreeSet<>();
        mapping.old().forEach(column -> columns.addAll(column.down().columns()));
        line(Plpgsql.assign(work.table().name().name(), targets, values, columns, mapping.freshBefore(), "NEW"));
    }

    private void fill(Fill fill) {
        String column = fill.column().quoted();
        String when = fill.onUpdateToo() ? "" : "TG_OP OPERATOR(pg_catalog.=) 'INSERT' AND ";
        line("  IF is_last AND " + when + "NEW." + column + " IS NULL THEN");
        List<String> target = List.of("NEW." + column);
        String assignment = Plpgsql.assign(
                work.table().name().name(),
                target,
                List.of(fill.value().text()),
                fill.value().columns(),
                Map.of(),
                "NEW");
        line(Plpgsql.guarded(assignment, target, ""));
        line("  END IF;");
    }

    private void state(int i, int state) {
        line("      " + stateText(i, state));
    }

    private static String stateText(int i, int state) {
        return "mark := " + Sql.with("mark", Marker.bits(i, state)) + ";";
    }
}
