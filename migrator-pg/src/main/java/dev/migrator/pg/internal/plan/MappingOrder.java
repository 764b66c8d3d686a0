package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Settles what the mappings of one table have to do with each other, once all of them are known.
 *
 * <p>The sync trigger brings one mapping after the other into step. A mapping that reads a column of another one has to come
 * after it, whatever the order of the operations in the file: a write of the other one's new side reaches the old side, which
 * this one reads, on the way. What no order can put right is refused.
 */
final class MappingOrder {
    private static final String REMEDY = "Use two migrations, or read another column.";

    private final Workspace workspace;
    private final TableWork work;

    MappingOrder(Workspace workspace, TableWork work) {
        this.workspace = workspace;
        this.work = work;
    }

    void settle() {
        work.mappings().forEach(this::checkReads);
        work.fills().forEach(this::checkReads);
        List<Mapping> rest = new ArrayList<>(work.mappings());
        List<Mapping> ordered = new ArrayList<>();
        while (!rest.isEmpty()) {
            Mapping next = rest.stream()
                    .filter(mapping -> rest.stream().noneMatch(other -> reads(mapping, other)))
                    .findFirst()
                    .orElseGet(() -> circle(rest.get(0)));
            rest.remove(next);
            ordered.add(next);
        }
        work.mappings().clear();
        work.mappings().addAll(ordered);
    }

    private static boolean reads(Mapping mapping, Mapping other) {
        if (mapping.equals(other)) {
            return false;
        }
        Set<Identifier> inputs = mapping.inputs();
        return other.old().stream().anyMatch(column -> inputs.contains(column.name()))
                || other.fresh().stream().anyMatch(column -> inputs.contains(column.name()));
    }

    private Mapping circle(Mapping mapping) {
        refuse(
                mapping.path(),
                work.title(mapping) + " and another operation of this migration read each other's columns.");
        return mapping;
    }

    private void checkReads(Mapping mapping) {
        Set<Identifier> ups = new TreeSet<>();
        Set<Identifier> downs = new TreeSet<>();
        mapping.fresh().forEach(column -> ups.addAll(column.up().columns()));
        mapping.old().forEach(column -> downs.addAll(column.down().columns()));
        for (Mapping other : work.mappings()) {
            for (NewColumn column : other.fresh()) {
                if (!other.equals(mapping) && ups.contains(column.work())) {
                    refuse(
                            mapping.path(),
                            "`up` reads " + column.work().quoted()
                                    + ", which another operation of this migration adds, and which the backfill fills only in"
                                    + " the same moment.");
                }
            }
        }
        Set<Identifier> retired = retired();
        mapping.fresh().forEach(column -> retired.remove(column.name()));
        downs.retainAll(retired);
        downs.forEach(column -> readsRetired(mapping.path(), column));
    }

    private void checkReads(Fill fill) {
        if (fill.retires()) {
            Set<Identifier> columns = new TreeSet<>(fill.value().columns());
            columns.retainAll(retired());
            columns.forEach(column -> readsRetired(fill.path(), column));
        }
    }

    private void readsRetired(String path, Identifier column) {
        refuse(
                path,
                "`down` reads " + column.quoted()
                        + ", which another operation of this migration takes away at CONTRACT, and from then on it would fail.");
    }

    /** The columns that are gone, or are others under the same name, from CONTRACT on. */
    private Set<Identifier> retired() {
        Set<Identifier> retired = new TreeSet<>();
        work.dropped().forEach(column -> retired.add(column.info().name()));
        work.mappings().forEach(mapping -> mapping.old().forEach(column -> retired.add(column.name())));
        work.fills().stream().filter(Fill::retires).forEach(fill -> retired.add(fill.column()));
        return retired;
    }

    private void refuse(String path, String message) {
        workspace.findings().refuse(path, message, REMEDY);
    }
}
