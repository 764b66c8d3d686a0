package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.QualifiedName;
import dev.migrator.pg.internal.catalog.TriggerInfo;
import dev.migrator.pg.internal.sql.Literal;
import dev.migrator.plan.Artifact;
import java.util.ArrayList;
import java.util.List;

/**
 * The triggers of a table with a column that the application computes, from EXPAND to CONTRACT.
 *
 * <p>The marker is odd where the column is in step: computed, or given by a release. It is 0 where no release has written the
 * row since EXPAND, and another even number, which tells the transaction, where one has and the column does not follow yet.
 *
 * <ol>
 *   <li>INSERT: the column given, it stays; else the row is pending.
 *   <li>UPDATE that changes the column: it stays, whatever else the statement changes.
 *   <li>UPDATE that changes an input and leaves the column alone, or any UPDATE of a row with 0: the row is pending, and keeps
 *       the column's value meanwhile.
 *   <li>Any other UPDATE changes nothing here, so that a row that is written all the time is computed all the same.
 * </ol>
 *
 * <p>A row that becomes pending is queued after the statement, by a function with its owner's rights: those who write the table
 * need none for the queue. A row that is pending already has an entry, which goes only in the transaction that writes its value
 * or when somebody has seen the row in step: so hot rows queue once, and no pending row is without an entry.
 */
final class ComputedTriggers {
    private final TableWork work;
    private final ComputedColumn column;
    private final List<Identifier> others;
    private final String marker;

    ComputedTriggers(TableWork work, ComputedColumn column) {
        this.work = work;
        this.column = column;
        this.others = work.table().triggers().stream().map(TriggerInfo::name).toList();
        this.marker = work.names().marker().quoted();
    }

    QualifiedName queue() {
        return new QualifiedName(work.function().schema(), work.names().queue());
    }

    private Identifier sync(String event) {
        return work.names().lastTrigger(others, event);
    }

    private Identifier enqueue(String event) {
        return work.names().lastTrigger(others, "_q" + event);
    }

    List<String> create() {
        String even = Sql.noBit("NEW." + marker, 1);
        String wasEven = Sql.noBit("OLD." + marker, 1);
        String queued = "(" + wasEven + " AND OLD." + marker + " OPERATOR(pg_catalog.<>) 0)";
        List<String> statements = new ArrayList<>();
        statements.add("CREATE OR REPLACE FUNCTION " + work.function().quoted()
                + "() RETURNS trigger LANGUAGE plpgsql SECURITY INVOKER AS "
                + Literal.body("\n" + Literal.portable(body())));
        statements.add("CREATE OR REPLACE FUNCTION " + queue().quoted()
                + "() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS "
                + Literal.body("\n" + Literal.portable(enqueueing())));
        trigger(statements, sync("i"), "BEFORE INSERT", "", work.function());
        trigger(
                statements,
                sync("u"),
                "BEFORE UPDATE",
                Sql.any(List.of(differ(column.inputs()), wasEven + " AND " + even)),
                work.function());
        trigger(statements, enqueue("i"), "AFTER INSERT", even, queue());
        trigger(
                statements,
                enqueue("u"),
                "AFTER UPDATE",
                even + " AND (NOT " + queued + " OR " + differ(column.keyNames()) + ")",
                queue());
        return statements;
    }

    List<String> drop() {
        List<String> statements = new ArrayList<>();
        triggers()
                .forEach(name -> statements.add("DROP TRIGGER IF EXISTS " + name.quoted() + " ON "
                        + work.name().quoted()));
        statements.add("DROP FUNCTION IF EXISTS " + work.function().quoted() + "()");
        statements.add("DROP FUNCTION IF EXISTS " + queue().quoted() + "()");
        return statements;
    }

    List<String> createQueue() {
        List<String> columns = new ArrayList<>();
        columns.add("entry pg_catalog.int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY");
        columns.add("queued_at pg_catalog.timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()");
        columns.add("not_before pg_catalog.timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()");
        columns.add("owner pg_catalog.text");
        columns.add("attempts pg_catalog.int4 NOT NULL DEFAULT 0");
        columns.add("failure pg_catalog.text");
        for (int i = 0; i < column.key().size(); i++) {
            columns.add(key(i) + " " + column.key().get(i).typeAndCollation() + " NOT NULL");
        }
        // Workers find their own entries and those that failed, however long the queue is; an INSERT is in neither
        // index.
        return List.of(
                "CREATE TABLE " + queue().quoted() + " (" + String.join(", ", columns) + ")",
                "CREATE INDEX ON " + queue().quoted() + " (owner) WHERE owner IS NOT NULL",
                "CREATE INDEX ON " + queue().quoted() + " (entry) WHERE attempts > 0");
    }

    private static String key(int number) {
        return "k" + (number + 1);
    }

    List<Artifact> artifacts() {
        List<Artifact> artifacts = new ArrayList<>();
        artifacts.add(work.artifact(Artifact.Kind.FUNCTION, work.names().function(), true));
        artifacts.add(work.artifact(Artifact.Kind.FUNCTION, work.names().queue(), true));
        triggers().forEach(name -> artifacts.add(work.artifact(Artifact.Kind.TRIGGER, name, true)));
        return artifacts;
    }

    private List<Identifier> triggers() {
        return List.of(sync("i"), sync("u"), enqueue("i"), enqueue("u"));
    }

    private static String differ(List<Identifier> columns) {
        return Sql.differ(Sql.places(columns, "NEW."), Sql.places(columns, "OLD."));
    }

    private void trigger(List<String> statements, Identifier name, String event, String when, QualifiedName function) {
        String table = work.name().quoted();
        statements.add("CREATE TRIGGER " + name.quoted() + " " + event + " ON " + table + " FOR EACH ROW"
                + (when.isEmpty() ? "" : " WHEN (" + when + ")") + " EXECUTE FUNCTION " + function.quoted() + "()");
        statements.add("ALTER TABLE " + table + " ENABLE ALWAYS TRIGGER " + name.quoted());
    }

    private String body() {
        String name = column.name().quoted();
        // Another transaction, another number: an even one other than 0. What a transaction has done before it ends
        // nobody sees.
        String pending = "NEW." + marker + " := ((pg_catalog.pg_current_xact_id()::pg_catalog.text::pg_catalog.int8"
                + " OPERATOR(pg_catalog.%) 1073741823) OPERATOR(pg_catalog.+) 1) OPERATOR(pg_catalog.*) 2;";
        return """
                BEGIN
                  IF TG_OP OPERATOR(pg_catalog.=) 'INSERT' THEN
                    IF NEW.%1$s IS NULL THEN %3$s ELSE NEW.%2$s := 1; END IF;
                  ELSIF %4$s AND %5$s THEN
                    -- A value is being written, and a trigger of the table has changed an input with it.
                    %3$s
                  ELSIF %6$s THEN
                    NEW.%2$s := 1;
                  ELSIF OLD.%2$s OPERATOR(pg_catalog.=) 0 OR %7$s OR %8$s THEN
                    %3$s
                  END IF;
                  RETURN NEW;
                END
                """
                .formatted(
                        name,
                        marker,
                        pending,
                        Sql.noBit("OLD." + marker, 1),
                        Sql.anyBit("NEW." + marker, 1),
                        differ(List.of(column.name())),
                        differ(column.inputs()),
                        differ(column.keyNames()));
    }

    private String enqueueing() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < column.key().size(); i++) {
            names.add(key(i));
        }
        return """
                BEGIN
                  INSERT INTO %s (%s) VALUES (%s);
                  RETURN NULL;
                END
                """
                .formatted(
                        queue().quoted(),
                        String.join(", ", names),
                        String.join(", ", Sql.places(column.keyNames(), "NEW.")));
    }
}
