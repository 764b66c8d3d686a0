package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.Phase;
import dev.migrator.operation.AddColumn;
import dev.migrator.pg.internal.expression.ColumnType;
import dev.migrator.pg.internal.expression.Expression;
import dev.migrator.pg.internal.expression.RejectedSqlException;
import dev.migrator.pg.internal.sql.Literal;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.plan.Artifact;
import dev.migrator.plan.Effect;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A stored generated column, on a table without rows only. PostgreSQL adds one by writing the table anew, whatever its size,
 * and no plain column can become one later. Such a rewrite is not just a matter of time: it leaves the rows invisible to
 * every snapshot taken before it ended, so that a {@code REPEATABLE READ} statement that waited for the lock finds an empty
 * table, and its UPDATE changes nothing, without an error (PostgreSQL manual, "Caveats" of concurrency control). A table
 * whose file has no block has nothing that anybody could miss; that is asked again under the lock.
 */
final class GeneratedColumn {
    private static final int FIRST_VIRTUAL = 18;

    private final Workspace workspace;
    private final TableWork work;
    private final String path;
    private final AddColumn operation;

    GeneratedColumn(Workspace workspace, TableWork work, String path, AddColumn operation) {
        this.workspace = workspace;
        this.work = work;
        this.path = path;
        this.operation = operation;
    }

    /** Drafts it; the column is on the scratch table already, as a plain one. */
    void draft(ColumnType type, List<String> comments) {
        Optional<Expression> read = read(type);
        if (!isEmpty() || read.isEmpty() || !staysComputable(read.get())) {
            return;
        }
        TablePreflight.forValues(path + ".table", work.table(), workspace.findings());
        work.held().addAll(read.get().columns());
        workspace
                .findings()
                .warn(
                        path + ".generated",
                        "from EXPAND on PostgreSQL refuses every write for which it can't be computed.",
                        "See that it can be for all that the old release writes.");
        add(definition(type, read.get()), comments);
        if (!operation.nullable()) {
            SetNotNullPlan.forbid(workspace, work, path, operation.column());
        }
    }

    private String definition(ColumnType type, Expression value) {
        return "ADD COLUMN " + operation.column().quoted() + " " + type.sql() + " GENERATED ALWAYS AS (" + value.text()
                + ") STORED";
    }

    /** What the server makes of the expression, if it takes it for this purpose: nothing volatile or stable, no subquery. */
    private Optional<Expression> read(ColumnType type) {
        String text = operation.generated().orElseThrow();
        try {
            Expression value = work.scratch().readFor(operation.column(), text);
            work.scratch().dropColumn(operation.column());
            work.scratch().run("ALTER TABLE " + work.scratch().name() + " " + definition(type, value));
            return Optional.of(value);
        } catch (RejectedSqlException e) {
            refuse(
                    "the server refuses `" + text + "`: " + e.getMessage(),
                    "Nothing was changed; correct it in the file.");
            return Optional.empty();
        }
    }

    private boolean isEmpty() {
        Row size = workspace
                .session()
                .query("SELECT pg_catalog.pg_size_pretty(b) AS pretty, b AS bytes FROM pg_catalog.pg_relation_size("
                        + relation() + ") AS b")
                .get(0);
        if (size.number("bytes") == 0) {
            return true;
        }
        boolean virtual = workspace.serverVersion() >= FIRST_VIRTUAL;
        refuse(
                work.name().quoted() + " has about " + work.table().rows() + " rows in " + size.text("pretty")
                        + ", and must have none, in 0 bytes: PostgreSQL would write it anew under a lock, and REPEATABLE READ"
                        + " transactions that began before would find it empty from then on.",
                "Use `up` instead, with which the migrator fills a plain column until CONTRACT, and keep it in step"
                        + " yourself from then on; or create an index on the expression"
                        + (virtual
                                ? "; or add a VIRTUAL column with an `sql` operation, which rewrites nothing."
                                : "."));
        return false;
    }

    private boolean staysComputable(Expression value) {
        boolean stays = true;
        for (Identifier column : value.columns()) {
            boolean moves = work.mappings().stream().anyMatch(mapping -> mapping.old().stream()
                            .anyMatch(old -> old.name().equals(column)))
                    || work.fills().stream()
                            .anyMatch(fill -> fill.retires() && fill.column().equals(column))
                    || work.dropped().stream()
                            .anyMatch(dropped -> dropped.info().name().equals(column));
            boolean generated =
                    work.table().column(column).filter(info -> info.generated()).isPresent();
            if (generated) {
                refuse("it reads the generated column " + column.quoted() + ".", "Compute it from that one's columns.");
                stays = false;
            } else if (moves || work.table().column(column).isEmpty()) {
                refuse(
                        "it reads " + column.quoted() + ", which another operation of this migration "
                                + (moves ? "takes away." : "adds."),
                        "Use two migrations.");
                stays = false;
            }
        }
        return stays;
    }

    private void add(String definition, List<String> comments) {
        String alter = work.alter();
        List<String> statements = new ArrayList<>();
        statements.add("SELECT " + workspace.stateSchema().quoted() + ".ensure(pg_catalog.pg_relation_size("
                + relation()
                + ") OPERATOR(pg_catalog.=) 0, "
                + Literal.text(work.name().quoted() + " had no rows, and has some now; roll back and use `up`.") + ")");
        statements.add(alter + definition);
        statements.addAll(comments);
        String drop = alter + "DROP COLUMN IF EXISTS " + operation.column().quoted();
        workspace.add(Draft.of(
                        Phase.EXPAND,
                        TableSteps.EXPAND,
                        List.of(path),
                        "add generated column " + operation.column() + " to "
                                + work.name().name() + ", which has no rows",
                        TableSteps.exclusively(work, statements),
                        TableSteps.exclusively(work, List.of(drop)),
                        Effect.ADDS)
                .doneWhen(Done.hasColumn(work.name(), operation.column()))
                .making(List.of(work.artifact(Artifact.Kind.COLUMN, operation.column(), false))));
    }

    private String relation() {
        return Literal.text(work.name().quoted()) + "::pg_catalog.regclass";
    }

    private void refuse(String message, String remedy) {
        workspace.findings().refuse(path + ".generated", message, remedy);
    }
}
