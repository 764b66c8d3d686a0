package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.Phase;
import dev.migrator.operation.CreateIndex;
import dev.migrator.operation.IndexColumn;
import dev.migrator.pg.internal.expression.RejectedSqlException;
import dev.migrator.pg.internal.expression.SqlFragment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * An index, built in VALIDATE without blocking writes and published when it is valid. It stands on the columns that bear the
 * names from CONTRACT on.
 */
final class CreateIndexPlan {
    private final Workspace workspace;
    private final TableWork work;
    private final String path;
    private final CreateIndex operation;

    private CreateIndexPlan(Workspace workspace, TableWork work, String path, CreateIndex operation) {
        this.workspace = workspace;
        this.work = work;
        this.path = path;
        this.operation = operation;
    }

    static void draft(Workspace workspace, String path, CreateIndex operation) {
        workspace
                .table(path, operation.table())
                .map(work -> new CreateIndexPlan(workspace, work, path, operation))
                .ifPresent(plan -> workspace.afterwards(plan::draft));
    }

    private void draft() {
        if (new PartitionPreflight(work.table(), workspace.findings())
                .refuses(
                        path + ".table",
                        "build an index",
                        "By hand: CREATE INDEX … ON ONLY the table, CREATE INDEX CONCURRENTLY on each partition, and ALTER"
                                + " INDEX … ATTACH PARTITION each of these.")) {
            return;
        }
        boolean taken = !workspace
                .session()
                .query(
                        "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ? AND"
                                + " c.relname = ?",
                        work.name().schema().value(),
                        operation.name().value())
                .isEmpty();
        if (taken) {
            workspace
                    .findings()
                    .refuse(
                            path + ".name",
                            "schema " + work.name().schema().quoted() + " has a relation "
                                    + operation.name().quoted() + " already.",
                            "Choose another name.");
            return;
        }
        if (brokenFragments()) {
            return;
        }
        Identifier probe = Identifier.of("migrator_index");
        work.scratch().tryOut();
        try {
            new Places(work).asAfter(work.scratch(), () -> work.scratch()
                    .definitions()
                    .createUsersIndex(probe, operation.unique(), usage()));
            Set<Identifier> columns = work.scratch().definitions().indexColumns(probe);
            if (!stay(columns)) {
                return;
            }
            work.indexed().add(columns);
            String usage = work.scratch().definitions().indexUsage(probe);
            workspace.add(Drafts.buildIndex(
                    work, path, Phase.VALIDATE, 20, operation.name(), operation.unique(), usage, operation.name()));
        } catch (RejectedSqlException e) {
            workspace
                    .findings()
                    .refuse(path, "the server refuses this index: " + e.getMessage(), "Correct it in the file.");
        } finally {
            work.scratch().forget();
        }
    }

    /** Whether the columns are still there after PURGE. */
    private boolean stay(Set<Identifier> columns) {
        List<Places.Leaving> leaving = columns.stream()
                .flatMap(column -> new Places(work).leaving(column).stream())
                .toList();
        leaving.forEach(column -> workspace.findings().refuse(path, column.message("index"), column.remedy()));
        return leaving.isEmpty();
    }

    private boolean brokenFragments() {
        List<String> broken = new ArrayList<>();
        for (int i = 0; i < operation.columns().size(); i++) {
            String key = path + ".columns[" + i + "].expression";
            if (operation.columns().get(i).on() instanceof IndexColumn.Expression expression) {
                SqlFragment.problem(expression.sql()).ifPresent(problem -> broken.add(key + "\0it " + problem + "."));
            }
        }
        operation
                .where()
                .flatMap(SqlFragment::problem)
                .ifPresent(problem -> broken.add(path + ".where\0it " + problem + "."));
        for (String line : broken) {
            int at = line.indexOf('\0');
            workspace.findings().refuse(line.substring(0, at), line.substring(at + 1), "Correct it in the file.");
        }
        return !broken.isEmpty();
    }

    private String usage() {
        List<String> columns =
                operation.columns().stream().map(CreateIndexPlan::column).toList();
        StringBuilder usage = new StringBuilder("USING ");
        usage.append(operation.method().orElse(Identifier.of("btree")).quoted());
        usage.append(" (").append(String.join(", ", columns)).append(')');
        if (!operation.include().isEmpty()) {
            List<String> include =
                    operation.include().stream().map(Identifier::quoted).toList();
            usage.append(" INCLUDE (").append(String.join(", ", include)).append(')');
        }
        operation
                .where()
                .ifPresent(where -> usage.append(" WHERE (\n").append(where).append("\n)"));
        return usage.toString();
    }

    private static String column(IndexColumn column) {
        StringBuilder text = new StringBuilder();
        if (column.on() instanceof IndexColumn.Expression expression) {
            text.append("(\n").append(expression.sql()).append("\n)");
        } else if (column.on() instanceof IndexColumn.Column named) {
            text.append(named.name().quoted());
        }
        column.opclass().ifPresent(opclass -> text.append(' ')
                .append(Identifier.of(opclass).quoted()));
        column.order().ifPresent(order -> text.append(' ').append(order.name()));
        column.nulls().ifPresent(nulls -> text.append(" NULLS ").append(nulls.name()));
        return text.toString();
    }
}
