package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.pg.internal.catalog.ColumnInfo;
import dev.migrator.pg.internal.catalog.ConstraintInfo;
import dev.migrator.pg.internal.catalog.TableInfo;
import dev.migrator.pg.internal.expression.RejectedSqlException;
import java.util.List;
import java.util.Optional;

/**
 * Whether the backfills may leave out the tables' own triggers, if the migration says so: whether the role has the right to,
 * and whether PostgreSQL would not leave out a check of its own, too, which are triggers as well.
 */
final class SkippedTriggers {
    private static final String PATH = "backfill.userTriggers";
    private static final int GRANTABLE = 15;

    private final Workspace workspace;

    SkippedTriggers(Workspace workspace) {
        this.workspace = workspace;
    }

    void check() {
        List<TableWork> works =
                workspace.tables().stream().filter(TableWork::hasBackfill).toList();
        if (!workspace.skipsUserTriggers() || works.isEmpty()) {
            return;
        }
        refusal(works.get(0)).ifPresent(this::refuse);
        works.forEach(this::checkFills);
    }

    /** Tried out, since some providers give the right in ways of their own. */
    private Optional<String> refusal(TableWork work) {
        work.scratch().tryOut();
        try {
            work.scratch().run("SET LOCAL session_replication_role = replica");
            return Optional.empty();
        } catch (RejectedSqlException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        } finally {
            work.scratch().forget();
        }
    }

    private void refuse(String reason) {
        String me = Identifier.of(workspace
                        .session()
                        .query("SELECT current_user AS me")
                        .get(0)
                        .text("me"))
                .quoted();
        workspace
                .findings()
                .refuse(
                        PATH,
                        "this role may not set session_replication_role, by which triggers are left out: " + reason,
                        (workspace.serverVersion() < GRANTABLE
                                        ? "Before PostgreSQL 15 only a superuser may."
                                        : "As a superuser: GRANT SET ON PARAMETER session_replication_role TO " + me
                                                + ".")
                                + " Or let them fire (userTriggers: fire).");
    }

    /** A value of a column that was there before may break a rule that only a trigger of PostgreSQL's own would tell. */
    private void checkFills(TableWork work) {
        for (Fill fill : work.fills()) {
            TableInfo table = work.table();
            ColumnInfo column = fill.info();
            table.constraints().stream()
                    .filter(constraint -> constraint.columns().contains(column.number()))
                    .filter(SkippedTriggers::isCheckedByTriggers)
                    .forEach(constraint -> workspace
                            .findings()
                            .refuse(
                                    PATH,
                                    "the backfill fills " + work.name().quoted() + "."
                                            + column.name().quoted()
                                            + ", and without triggers PostgreSQL would not check "
                                            + constraint.name().quoted() + " (a foreign key, or deferrable).",
                                    "Let the triggers fire, or fill this column by a migration of its own."));
        }
    }

    private static boolean isCheckedByTriggers(ConstraintInfo constraint) {
        return constraint.type().equals("f") || constraint.deferrable();
    }
}
