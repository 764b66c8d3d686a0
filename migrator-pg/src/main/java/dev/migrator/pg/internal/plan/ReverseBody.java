package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The sync function from CONTRACT to PURGE: applications write the new side under its names, and the retired side is kept in
 * step so that the way back loses nothing. A value that the retired side can't hold never fails the application's
 * statement: it is left NULL there and the row is marked, so that it can be counted.
 */
final class ReverseBody {
    private final TableWork work;
    private final StringBuilder text = new StringBuilder();

    ReverseBody(TableWork work) {
        this.work = work;
    }

    String text() {
        line("#variable_conflict use_column");
        line("DECLARE");
        line("  mark pg_catalog.int4 := 1;");
        if (work.table().isPartitioned()) {
            text.append(RowMoves.DECLARATIONS);
        }
        line("BEGIN");
        if (work.hasMarker()) {
            String marker = work.names().marker().quoted();
            line("  IF TG_OP OPERATOR(pg_catalog.=) 'UPDATE' THEN mark := OLD." + marker + "; END IF;");
            if (work.table().isPartitioned()) {
                text.append(RowMoves.look(marker));
            }
            for (int i = 0; i < work.mappings().size(); i++) {
                mapping(i, work.mappings().get(i));
            }
            line("  NEW." + marker + " := " + Sql.with("mark", 1) + ";");
        }
        work.fills().stream().filter(Fill::retires).forEach(this::fill);
        line("  RETURN NEW;");
        line("END");
        return text.toString();
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    private void mapping(int i, Mapping mapping) {
        List<String> values = watched(mapping);
        String changed = Sql.differ(prefixed("NEW.", values), prefixed("OLD.", values));
        if (work.table().isPartitioned()) {
            text.append(new RowMoves(work).keeps(i, mapping));
            line("  IF NOT keeps AND (anew OR " + changed + ") THEN");
        } else {
            line("  IF (CASE WHEN TG_OP OPERATOR(pg_catalog.=) 'INSERT' THEN true ELSE " + changed + " END) THEN");
        }
        int all = Marker.bits(i, 3);
        line("    mark := (mark OPERATOR(pg_catalog.&) " + ~all + ") OPERATOR(pg_catalog.|) "
                + Marker.bits(i, Marker.FROM_NEW) + ";");
        if (!mapping.old().isEmpty()) {
            List<String> targets = mapping.old().stream()
                    .map(column -> "NEW." + column.retired().quoted())
                    .toList();
            Set<Identifier> columns = new TreeSet<>();
            mapping.old().forEach(column -> columns.addAll(column.down().columns()));
            List<String> downs =
                    mapping.old().stream().map(column -> column.down().text()).toList();
            String assignment = Plpgsql.assign(work.table().name().name(), targets, downs, columns, Map.of(), "NEW");
            String outgrown = "mark := " + Sql.with("mark", Marker.bits(i, Marker.FAILED)) + ";";
            line(mapping.downCannotFail() ? assignment : Plpgsql.guarded(assignment, targets, outgrown));
        }
        Set<Identifier> inputs = inputs(mapping, work);
        if (!inputs.isEmpty()) {
            // The new side is on its own now: it does not follow what it was once computed from.
            String updates = work.table().isPartitioned() ? "TG_OP OPERATOR(pg_catalog.=) 'UPDATE' AND " : "";
            line("  ELSIF " + updates + Sql.bitsAre("mark", all, Marker.bits(i, Marker.FROM_OLD)) + " AND "
                    + Sql.differ(Sql.places(inputs, "NEW."), Sql.places(inputs, "OLD.")) + " THEN");
            line("    mark := " + Sql.with("mark", Marker.bits(i, Marker.BOTH)) + ";");
        }
        line("  END IF;");
    }

    /** What {@code up} read besides the old side, where it is found now. */
    static Set<Identifier> inputs(Mapping mapping, TableWork work) {
        Set<Identifier> inputs = new TreeSet<>();
        mapping.fresh().forEach(column -> inputs.addAll(column.up().columns()));
        mapping.old().forEach(column -> inputs.remove(column.name()));
        work.dropped().forEach(column -> inputs.remove(column.info().name()));
        for (Fill fill : work.fills()) {
            if (fill.retires() && inputs.remove(fill.column())) {
                inputs.add(fill.retired());
            }
        }
        for (Mapping other : work.mappings()) {
            for (OldColumn column : other.old()) {
                if (inputs.remove(column.name())) {
                    inputs.add(column.retired());
                    other.fresh().forEach(fresh -> inputs.add(fresh.name()));
                }
            }
        }
        return inputs;
    }

    /** What changes the retired side when it changes: the new columns, and whatever else {@code down} reads. */
    static List<String> watched(Mapping mapping) {
        Set<Identifier> columns = new TreeSet<>();
        mapping.fresh().forEach(column -> columns.add(column.name()));
        mapping.old().forEach(column -> columns.addAll(column.down().columns()));
        return new ArrayList<>(columns.stream().map(Identifier::quoted).toList());
    }

    static List<String> prefixed(String row, List<String> values) {
        return values.stream().map(value -> row + value).toList();
    }

    private void fill(Fill fill) {
        String column = fill.retired().quoted();
        line("  IF TG_OP OPERATOR(pg_catalog.=) 'INSERT' AND NEW." + column + " IS NULL THEN");
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
}
