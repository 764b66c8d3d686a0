package dev.migrator.operation;

import dev.migrator.Identifier;
import dev.migrator.TableRef;
import dev.migrator.internal.check.Checks;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Adds a column.
 *
 * @param table the table
 * @param column the new column
 * @param type its SQL type
 * @param nullable whether it may be NULL; if not, there must be something that fills it for the old release's writes. An
 *     identity column never may, from CONTRACT on
 * @param defaultValue the SQL expression of its default
 * @param up the SQL expression on the row that fills it for rows that are there, and those that the old release writes
 * @param comment its comment
 * @param identity how it counts by itself, from CONTRACT on; before, the migrator numbers the rows, in no particular order
 * @param generated the SQL expression of a stored generated column, on a table without rows only
 * @param transform the name of the application's {@link dev.migrator.transform.BatchTransform} that computes it
 * @param inputs the columns that the transform is given
 */
public record AddColumn(
        TableRef table,
        Identifier column,
        String type,
        boolean nullable,
        Optional<String> defaultValue,
        Optional<String> up,
        Optional<String> comment,
        Optional<Identity> identity,
        Optional<String> generated,
        Optional<String> transform,
        List<Identifier> inputs)
        implements Operation {

    /** A column that no transform computes. */
    public AddColumn(
            TableRef table,
            Identifier column,
            String type,
            boolean nullable,
            Optional<String> defaultValue,
            Optional<String> up,
            Optional<String> comment,
            Optional<Identity> identity,
            Optional<String> generated) {
        this(
                table,
                column,
                type,
                nullable,
                defaultValue,
                up,
                comment,
                identity,
                generated,
                Optional.empty(),
                List.of());
    }

    /**
     * Checks the operation.
     *
     * @throws IllegalArgumentException with all that contradicts itself
     */
    public AddColumn {
        type = type.strip();
        defaultValue = defaultValue.map(String::strip);
        up = up.map(String::strip);
        generated = generated.map(String::strip);
        transform = transform.map(String::strip);
        inputs = List.copyOf(inputs);
        Checks checks = new Checks()
                .text("type", type)
                .text("default", defaultValue)
                .text("up", up)
                .text("comment", comment)
                .text("generated", generated)
                .text("transform", transform)
                .distinct("inputs", inputs, "");
        if (generated.isPresent()) {
            checks.addIf(defaultValue.isPresent(), "default", "contradicts `generated`: such a column has no default")
                    .addIf(up.isPresent(), "up", "contradicts `generated`: the server fills such a column")
                    .addIf(identity.isPresent(), "identity", "contradicts `generated`: a column is one or the other");
        }
        if (identity.isPresent()) {
            checks.addIf(defaultValue.isPresent(), "default", "contradicts `identity`, which is a default itself")
                    .addIf(up.isPresent(), "up", "contradicts `identity`: the server fills such a column");
        }
        if (transform.isPresent()) {
            boolean other = defaultValue.isPresent() || up.isPresent() || identity.isPresent() || generated.isPresent();
            checks.addIf(
                            other,
                            "transform",
                            "contradicts `default`, `up`, `identity` and `generated`: the application computes such a column")
                    .addIf(inputs.isEmpty(), "inputs", "is missing; name the columns that the transform reads")
                    .addIf(inputs.contains(column), "inputs", "names the new column itself");
        }
        checks.addIf(transform.isEmpty() && !inputs.isEmpty(), "inputs", "is for a `transform`, and there is none");
        boolean filled = defaultValue.isPresent() || up.isPresent() || identity.isPresent() || generated.isPresent();
        checks.addIf(
                !nullable && !filled && transform.isEmpty(),
                "nullable",
                "is false, but nothing fills the column when the old release inserts a row;"
                        + " give one of `default`, `up`, `identity`, `generated`");
        checks.addIf(
                !nullable && transform.isPresent(),
                "nullable",
                "is false, but the rows of the old release are NULL until the application has computed them;"
                        + " leave it out here, and use `setNotNull` in a migration after this one");
        checks.throwIfAny();
    }

    @Override
    public String keyword() {
        return "addColumn";
    }

    @Override
    public Optional<TableRef> onTable() {
        return Optional.of(table);
    }

    @Override
    public <R> R match(Cases<R> cases) {
        return cases.addColumn(this);
    }

    /**
     * Collects the parts of the operation; each method is named as in a migration file.
     *
     * @param table the table
     * @param column the new column
     * @param type its SQL type
     * @return a builder without any optional part
     */
    public static Builder builder(TableRef table, Identifier column, String type) {
        return new Builder(table, column, type);
    }

    /** Collects the parts of the operation. Not thread-safe. */
    public static final class Builder {
        private TableRef table;
        private final Identifier column;
        private final String type;
        private boolean nullable = true;
        private Optional<String> defaultValue = Optional.empty();
        private Optional<String> up = Optional.empty();
        private Optional<String> comment = Optional.empty();
        private Optional<Identity> identity = Optional.empty();
        private Optional<String> generated = Optional.empty();
        private Optional<String> transform = Optional.empty();
        private List<Identifier> inputs = List.of();

        private Builder(TableRef table, Identifier column, String type) {
            this.table = table;
            this.column = column;
            this.type = type;
        }

        /**
         * Says that the table is in another schema than the migration's default.
         *
         * @param schema the schema, unquoted
         * @return this
         * @throws IllegalArgumentException if it can't be a name
         */
        public Builder schema(String schema) {
            table = new TableRef(Optional.of(Identifier.of(schema)), table.name());
            return this;
        }

        /**
         * Says whether the column may be NULL; left out: it may.
         *
         * @param nullable whether it may be NULL
         * @return this
         */
        public Builder nullable(boolean nullable) {
            this.nullable = nullable;
            return this;
        }

        /**
         * Gives the column a default; {@code default} in a file.
         *
         * @param sql the SQL expression
         * @return this
         */
        public Builder defaultValue(String sql) {
            defaultValue = Optional.of(sql);
            return this;
        }

        /**
         * Says what fills the column for rows that the old release writes.
         *
         * @param sql the SQL expression on the row
         * @return this
         */
        public Builder up(String sql) {
            up = Optional.of(sql);
            return this;
        }

        /**
         * Gives the column a comment.
         *
         * @param comment the comment
         * @return this
         */
        public Builder comment(String comment) {
            this.comment = Optional.of(comment);
            return this;
        }

        /**
         * Lets the column count by itself; its type is smallint, integer or bigint. Until CONTRACT a given value is taken,
         * whatever the kind.
         *
         * @param identity how
         * @return this
         */
        public Builder identity(Identity identity) {
            this.identity = Optional.of(identity);
            return this;
        }

        /**
         * Makes it a stored generated column. The table must have no rows, as PostgreSQL would write it anew under a lock.
         *
         * @param sql the SQL expression on the row
         * @return this
         */
        public Builder generated(String sql) {
            generated = Optional.of(sql);
            return this;
        }

        /**
         * Has the application compute the column; it stays in step with its inputs until CONTRACT.
         *
         * @param name the name under which the application gives its {@link dev.migrator.transform.BatchTransform}
         * @param inputs the columns that the transform is given, unquoted
         * @return this
         * @throws IllegalArgumentException if an input can't be a name
         */
        public Builder transform(String name, String... inputs) {
            transform = Optional.of(name);
            this.inputs = Stream.of(inputs).map(Identifier::of).toList();
            return this;
        }

        /**
         * Makes the operation.
         *
         * @return the operation
         * @throws IllegalArgumentException with all that contradicts itself
         */
        public AddColumn build() {
            return new AddColumn(
                    table, column, type, nullable, defaultValue, up, comment, identity, generated, transform, inputs);
        }
    }
}
