package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.pg.internal.catalog.ColumnInfo;
import dev.migrator.pg.internal.expression.Scratch;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Where in VALIDATE the columns stand that an index or a key names. It names columns as they are after the migration, since
 * what stands on others goes with them at PURGE. Asked once all operations are known.
 */
final class Places {
    private final TableWork work;

    Places(TableWork work) {
        this.work = work;
    }

    /**
     * A column that an operation of this migration takes away, or replaces by another one under its name.
     *
     * @param column its name
     * @param path the operation, as a key path
     * @param successors what takes its place
     */
    record Leaving(Identifier column, String path, List<Identifier> successors) {

        /** What is the matter with something that is to stand on it. */
        String message(String what) {
            String leaves = successors.isEmpty()
                    ? " is dropped by this migration ("
                    : " is replaced by " + list(successors) + " in this migration (";
            return column.quoted() + leaves + path + "), and the " + what + " would go with it at PURGE.";
        }

        String remedy() {
            return successors.isEmpty()
                    ? "Name columns that stay."
                    : "Name what takes its place: " + list(successors) + ".";
        }
    }

    static String list(Collection<Identifier> names) {
        return names.stream().map(Identifier::quoted).collect(Collectors.joining(", "));
    }

    /** What takes a column of the table away, by its present name; empty if it stays. */
    Optional<Leaving> leaving(Identifier name) {
        for (Mapping mapping : work.mappings()) {
            if (mapping.old().stream().anyMatch(old -> old.name().equals(name))) {
                List<Identifier> successors =
                        mapping.fresh().stream().map(NewColumn::name).toList();
                return Optional.of(new Leaving(name, mapping.path(), successors));
            }
        }
        return dropped().entrySet().stream()
                .filter(entry -> entry.getKey().name().equals(name))
                .map(entry -> new Leaving(name, entry.getValue(), List.of()))
                .findFirst();
    }

    /** The numbers of the columns that go without a successor. */
    Set<Integer> droppedNumbers() {
        return dropped().keySet().stream().map(ColumnInfo::number).collect(Collectors.toSet());
    }

    private Map<ColumnInfo, String> dropped() {
        Map<ColumnInfo, String> dropped =
                work.fills().stream().filter(Fill::retires).collect(Collectors.toMap(Fill::info, Fill::path));
        work.dropped().forEach(column -> dropped.put(column.info(), column.path()));
        return dropped;
    }

    /** The names that other columns take over at CONTRACT, with the names of these until then. */
    Map<Identifier, Identifier> takenOver() {
        Map<Identifier, Identifier> places = new TreeMap<>();
        work.newColumns().stream()
                .filter(NewColumn::takesOverName)
                .forEach(column -> places.put(column.name(), column.work()));
        return places;
    }

    /** The name until CONTRACT of the column that bears this one from then on. */
    Identifier place(Identifier name) {
        return takenOver().getOrDefault(name, name);
    }

    /** Does something on the scratch table while its columns bear the names that they have from CONTRACT on. */
    void asAfter(Scratch scratch, Runnable something) {
        Map<Identifier, Identifier> places = takenOver();
        int number = 0;
        for (Map.Entry<Identifier, Identifier> place : places.entrySet()) {
            scratch.renameColumn(place.getKey(), work.names().proof("aside" + number++));
            scratch.renameColumn(place.getValue(), place.getKey());
        }
        something.run();
        places.forEach(scratch::renameColumn);
    }

    /** The columns on which something stands that stands on these now, or its copy if it is carried over. */
    Set<Identifier> places(Collection<Integer> numbers) {
        Map<Identifier, Identifier> successors = new TreeMap<>();
        work.mappings().stream()
                .filter(CarryOver::isOneToOne)
                .forEach(mapping -> successors.put(
                        CarryOver.old(mapping).name(), CarryOver.fresh(mapping).work()));
        Set<Identifier> places = new TreeSet<>();
        for (int number : numbers) {
            Identifier name = work.table().column(number).name();
            places.add(successors.getOrDefault(name, name));
        }
        return places;
    }
}
