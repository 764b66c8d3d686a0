package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the sync function from CONTRACT on does about rows of partitioned tables that come in step, or past it.
 *
 * <p>An UPDATE that moves a row to another partition fires the triggers for UPDATE there, and those for INSERT here, where the
 * row has its marker already. It must not count as one that the new release inserts: its retired side would be made anew by
 * {@code down}, though nobody has changed it. A statement that copies whole rows, markers and all, looks the same; so the
 * retired side is kept only where it still belongs to the new one. A row of a partition that was attached is not in step, and
 * is brought into step by the first UPDATE.
 */
final class RowMoves {
    static final String DECLARATIONS =
            "  anew pg_catalog.bool;\n  moved pg_catalog.bool;\n  keeps pg_catalog.bool;\n  derived pg_catalog.record;\n";

    private final TableWork work;

    RowMoves(TableWork work) {
        this.work = work;
    }

    /** Sets {@code moved} and {@code anew}, whether both sides are to be brought into step whatever changed. */
    static String look(String marker) {
        String insert = "TG_OP OPERATOR(pg_catalog.=) 'INSERT'";
        return "  moved := " + insert + " AND COALESCE(" + Sql.anyBit("NEW." + marker, 1) + ", false);\n"
                + "  anew := NOT moved AND (" + insert + " OR " + Sql.noBit("mark", 1) + ");\n"
                + "  IF moved THEN mark := NEW." + marker + "; ELSIF anew THEN mark := 1; END IF;\n";
    }

    /** Sets {@code keeps}, whether a mapping of a row that came in step is to be left as it is. */
    String keeps(int i, Mapping mapping) {
        if (mapping.old().isEmpty()) {
            return "  keeps := moved;\n";
        }
        int all = Marker.bits(i, 3);
        String both = Sql.bitsAre("mark", all, Marker.bits(i, Marker.BOTH));
        String fromOld = Sql.bitsAre("mark", all, Marker.bits(i, Marker.FROM_OLD));
        if (!mapping.derivable() || !Comparison.readsOnlyOld(mapping)) {
            return "  keeps := moved AND (" + both + " OR " + fromOld + ");\n";
        }
        StringBuilder text = new StringBuilder("  keeps := moved AND " + both + ";\n");
        text.append("  IF moved AND ").append(fromOld).append(" THEN\n    derived := NEW;\n");
        List<String> targets = mapping.fresh().stream()
                .map(column -> "derived." + column.name().quoted())
                .toList();
        List<String> values =
                mapping.fresh().stream().map(column -> column.up().text()).toList();
        Set<Identifier> columns = new TreeSet<>();
        mapping.fresh().forEach(column -> columns.addAll(column.up().columns()));
        String up = Plpgsql.assign(work.table().name().name(), targets, values, columns, mapping.oldAfter(), "NEW");
        text.append(mapping.upCannotFail() ? up : Plpgsql.guarded(up, targets, ""))
                .append('\n');
        List<String> news = mapping.fresh().stream()
                .map(column -> "NEW." + column.name().quoted())
                .toList();
        return text.append("    keeps := NOT ")
                .append(Sql.differ(targets, news))
                .append(";\n  END IF;\n")
                .toString();
    }
}
