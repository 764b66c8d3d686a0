package dev.migrator.pg.internal.plan;

import dev.migrator.Phase;
import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.RowName;
import dev.migrator.plan.Action;
import dev.migrator.plan.Effect;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Rows that break a rule which VALIDATE will bring into force. Preflight looks for one, briefly; VALIDATE proves that there is
 * none before the rule is added, since a rule that is not valid yet refuses every write of such a row all the same.
 *
 * @param path the operation
 * @param what what such a row is, for people
 * @param condition true for such a row
 * @param remedy what to do with such rows, a sentence without its full stop
 */
record RuleBreakers(Workspace workspace, TableWork work, String path, String what, String condition, String remedy) {
    /** The order within VALIDATE: just before constraints are added. */
    static final int SLOT = 25;

    private static final Duration LIMIT = Duration.ofSeconds(1);

    /** Looks for such a row, and warns. That it takes too long, or can't be done, says nothing. */
    void warn(String key) {
        example().ifPresent(row -> workspace
                .findings()
                .warn(
                        path + "." + key,
                        "there are rows in which " + what + ", e.g. " + row + ".",
                        "They may be mended until VALIDATE, which looks again and stops before it forbids them. "
                                + remedy + "."));
    }

    private Optional<String> example() {
        String alias = work.name().name().quoted();
        String query = "SELECT " + RowName.of(work.name(), work.table().primaryKey(), alias) + " AS name FROM "
                + work.name().quoted() + " AS " + alias + " WHERE " + condition + " LIMIT 1";
        workspace.session().query("SAVEPOINT migrator_look");
        try {
            workspace.session().query("SET LOCAL statement_timeout = " + LIMIT.toMillis());
            List<Row> rows = workspace.session().query(query);
            return rows.stream().map(row -> row.text("name")).findFirst();
        } catch (StepFailure e) {
            return Optional.empty();
        } finally {
            workspace.session().query("ROLLBACK TO SAVEPOINT migrator_look");
        }
    }

    /** The step that proves that there is none. */
    Draft proof() {
        Action.Violation rule = new Action.Violation(what, condition, remedy);
        return Draft.of(
                Phase.VALIDATE,
                SLOT,
                List.of(path),
                "prove that there is no row of " + work.name().name() + " in which " + what,
                new Action.Compare(work.name(), work.table().primaryKey(), List.of(rule)),
                new Action.Nothing(),
                Effect.FILLS);
    }
}
