package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.QualifiedName;
import dev.migrator.pg.internal.catalog.TableInfo;
import dev.migrator.pg.internal.expression.Scratch;
import dev.migrator.plan.Artifact;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What the operations of one migration want of one table, collected before the steps that they share are drafted. */
final class TableWork {
    private final Names names;
    private final QualifiedName function;
    private final TableInfo table;
    private final Scratch scratch;
    private final List<Mapping> mappings = new ArrayList<>();
    private final List<Fill> fills = new ArrayList<>();
    private final List<Copy> copies = new ArrayList<>();
    private final List<DroppedColumn> dropped = new ArrayList<>();
    private final List<RetiredRule> rules = new ArrayList<>();
    private final Map<Identifier, NotNullCopy> notNulls = new TreeMap<>();
    private final Set<Identifier> newNames = new TreeSet<>();
    private final Set<Identifier> held = new TreeSet<>();
    private final List<Set<Identifier>> indexed = new ArrayList<>();
    private Optional<PrimaryKeyExchange> primaryKey = Optional.empty();
    private Optional<ComputedColumn> computed = Optional.empty();
    private int counter;

    TableWork(Names names, Identifier stateSchema, TableInfo table, Scratch scratch) {
        this.names = names;
        this.function = new QualifiedName(stateSchema, names.function());
        this.table = table;
        this.scratch = scratch;
    }

    Names names() {
        return names;
    }

    QualifiedName function() {
        return function;
    }

    TableInfo table() {
        return table;
    }

    QualifiedName name() {
        return table.name();
    }

    /** How a statement that changes the table begins. */
    String alter() {
        return "ALTER TABLE " + name().quoted() + " ";
    }

    Scratch scratch() {
        return scratch;
    }

    List<Mapping> mappings() {
        return mappings;
    }

    List<Fill> fills() {
        return fills;
    }

    List<Copy> copies() {
        return copies;
    }

    /** The names of new columns' NOT NULLs until PURGE, by the columns' names until CONTRACT. */
    Map<Identifier, NotNullCopy> notNulls() {
        return notNulls;
    }

    /** How the primary key moves over to a new column, if it has to. */
    Optional<PrimaryKeyExchange> primaryKey() {
        return primaryKey;
    }

    void exchangePrimaryKey(PrimaryKeyExchange exchange) {
        primaryKey = Optional.of(exchange);
    }

    /** Columns that go at CONTRACT without a mapping or a fill. */
    List<DroppedColumn> dropped() {
        return dropped;
    }

    /** What is not in force from CONTRACT on, and is proven again by a rollback. */
    List<RetiredRule> rules() {
        return rules;
    }

    /** Columns that stay where they are: an operation of this migration forbids NULL in them, or adds one computed from them. */
    Set<Identifier> held() {
        return held;
    }

    /** Whether an operation of this migration replaces, fills, narrows or drops a column: one such operation a column. */
    boolean isChanged(Identifier column) {
        return held.contains(column)
                || dropped.stream().anyMatch(gone -> gone.info().name().equals(column))
                || fills.stream().anyMatch(fill -> fill.column().equals(column))
                || mappings.stream().anyMatch(mapping -> mapping.old().stream()
                        .anyMatch(old -> old.name().equals(column)));
    }

    /** The columns, by their names until CONTRACT, of each index that an operation of this migration creates. */
    List<Set<Identifier>> indexed() {
        return indexed;
    }

    /** Names of columns that operations of this migration add under their own names. */
    Set<Identifier> newNames() {
        return newNames;
    }

    /** A number that no other work column, retired column or copy on this table has. */
    int nextNumber() {
        return ++counter;
    }

    /** The column that the application computes, if there is one: then nothing else of the table is kept in step. */
    Optional<ComputedColumn> computed() {
        return computed;
    }

    void compute(ComputedColumn column) {
        computed = Optional.of(column);
    }

    boolean hasMarker() {
        return !mappings.isEmpty() || computed.isPresent();
    }

    boolean needsSync() {
        return !mappings.isEmpty() || !fills.isEmpty();
    }

    boolean hasBackfill() {
        return needsSync() || computed.isPresent();
    }

    List<NewColumn> newColumns() {
        return mappings.stream().flatMap(mapping -> mapping.fresh().stream()).toList();
    }

    /** The numbers of the new columns that are identity columns from CONTRACT on. */
    List<IdentityNumbers> numbers() {
        return newColumns().stream()
                .flatMap(column -> column.numbers().stream())
                .toList();
    }

    int newColumnNumber(NewColumn column) {
        return newColumns().indexOf(column);
    }

    /** The operations that share this table's sync function. */
    List<String> paths() {
        List<String> paths = new ArrayList<>();
        mappings.forEach(mapping -> paths.add(mapping.path()));
        fills.forEach(fill -> paths.add(fill.path()));
        computed.ifPresent(column -> paths.add(column.path()));
        return paths;
    }

    /** A mapping in words: {@code name → full_name}. */
    String title(Mapping mapping) {
        List<String> old =
                mapping.old().stream().map(column -> column.name().value()).toList();
        List<String> fresh =
                mapping.fresh().stream().map(column -> column.name().value()).toList();
        return (old.isEmpty() ? "" : String.join(", ", old) + " → ") + String.join(", ", fresh);
    }

    Artifact artifact(Artifact.Kind kind, Identifier name, boolean helper) {
        return new Artifact(kind, table.name(), name, helper);
    }
}
