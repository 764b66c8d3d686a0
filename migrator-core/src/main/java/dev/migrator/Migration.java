package dev.migrator;

import dev.migrator.internal.model.Definition;
import dev.migrator.operation.Operation;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What changes: an id, operations, gates, and settings of the backfill. Read from a file by {@link MigrationFiles} or made by
 * a {@linkplain #builder(String) builder}; the same content from either is the same migration, with the same
 * {@linkplain #checksum() checksum}.
 */
public final class Migration {

    private final String id;
    private final Optional<String> description;
    private final Optional<Identifier> schema;
    private final List<Operation> operations;
    private final BackfillSettings backfill;
    private final Gates gates;
    private final Map<String, SourceMark> marks;
    private final String definition;
    private final String checksum;

    /** Takes parts that are checked already. */
    Migration(
            String id,
            Optional<String> description,
            Optional<Identifier> schema,
            List<Operation> operations,
            BackfillSettings backfill,
            Gates gates,
            Map<String, SourceMark> marks) {
        this.id = id;
        this.description = description;
        this.schema = schema;
        this.operations = List.copyOf(operations);
        this.backfill = backfill;
        this.gates = gates;
        this.marks = Map.copyOf(marks);
        this.definition = Definition.of(schema, operations, backfill, gates);
        this.checksum = Definition.checksum(definition);
    }

    /**
     * Begins a migration in code.
     *
     * @param id the migration's id, 1 to 200 characters
     * @return a builder without operations
     */
    public static MigrationBuilder builder(String id) {
        return new MigrationBuilder(id);
    }

    /**
     * The migration's id: the file name without {@code .yaml}, or what the builder was given.
     *
     * @return the id
     */
    public String id() {
        return id;
    }

    /**
     * What the migration is for, in words.
     *
     * @return the description, if there is one
     */
    public Optional<String> description() {
        return description;
    }

    /**
     * The schema of the tables that are named without one.
     *
     * @return the schema; empty: the connection's current one
     */
    public Optional<Identifier> schema() {
        return schema;
    }

    /**
     * The operations, in order.
     *
     * @return at least one operation
     */
    public List<Operation> operations() {
        return operations;
    }

    /**
     * How the backfills run.
     *
     * @return the settings
     */
    public BackfillSettings backfill() {
        return backfill;
    }

    /**
     * The gates between the phases.
     *
     * @return the gates
     */
    public Gates gates() {
        return gates;
    }

    /**
     * The same migration with other gates, as a test suite wants it that has no releases to wait for. To the engine it is
     * another migration, by its {@linkplain #checksum() checksum}, so one database sees only one of the two.
     *
     * @param other the gates
     * @return a migration with the same id, operations and settings
     */
    public Migration withGates(Gates other) {
        return new Migration(id, description, schema, operations, backfill, other, marks);
    }

    /**
     * Whether any operation narrows what may be written.
     *
     * @return true if one does
     */
    public boolean narrows() {
        return operations.stream().anyMatch(Operation::narrows);
    }

    /**
     * Where a key stands in the migration's file.
     *
     * @param keyPath the key's path, such as {@code operations[0].changeType.up}; of a list's entry {@code operations[0]}
     * @return the place of the key, or of the entry; empty if the file does not have it, or there is no file
     */
    public Optional<SourceMark> mark(String keyPath) {
        return Optional.ofNullable(marks.get(keyPath));
    }

    /**
     * The migration's content in canonical form: one line {@code path = value} for each value given, in a fixed order, with
     * the schema, the operations, the gates, and that the backfill leaves out the table's own triggers. Not in it: the
     * description, and the other settings of the backfill, which may change while the migration runs.
     *
     * @return the definition, each line ended by a line feed
     */
    public String definition() {
        return definition;
    }

    /**
     * The SHA-256 of the {@linkplain #definition() definition} in UTF-8.
     *
     * @return 64 hexadecimal digits in lower case
     */
    public String checksum() {
        return checksum;
    }

    /**
     * What differs between two definitions, for people.
     *
     * @param oldDefinition the definition as it was
     * @param newDefinition the definition as it is
     * @return one line for each path that is in one only or has another value, such as
     *     {@code operations[0].renameColumn.to: was full_name, now fullname}; empty if they say the same
     */
    public static List<String> differences(String oldDefinition, String newDefinition) {
        return Definition.differences(oldDefinition, newDefinition);
    }

    /** Compares all but the marks: where the content stood in a file makes no difference. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Migration that
                && id.equals(that.id)
                && description.equals(that.description)
                && backfill.equals(that.backfill)
                && definition.equals(that.definition);
    }

    @Override
    public int hashCode() {
        return 31 * id.hashCode() + definition.hashCode();
    }

    /** The migration's id. */
    @Override
    public String toString() {
        return id;
    }
}
