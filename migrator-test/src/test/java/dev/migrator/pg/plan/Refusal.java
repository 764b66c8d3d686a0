package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.migrator.Identifier;
import dev.migrator.Migration;
import dev.migrator.MigrationFiles;
import dev.migrator.engine.PlanRefusedException;
import dev.migrator.pg.internal.plan.PgPlanner;
import dev.migrator.test.SchemaSnapshot;
import dev.migrator.test.TestDatabase;
import java.util.ArrayList;
import java.util.List;

/**
 * Something for which operations are refused.
 *
 * @param what what it is
 * @param operations the operations on the table users
 * @param message what the finding says
 * @param remedy what it says to do
 * @param schema the statements that make it, as {@link Users#run} takes them
 */
record Refusal(String what, List<String> operations, String message, String remedy, List<String> schema) {
    static final String RENAME = "renameColumn: { table: users, column: name, to: full_name }";
    static final String RETYPE = "changeType: { table: users, column: name, type: varchar(90) }";
    static final String RETYPE_TO = "changeType: { table: users, column: name, type: varchar(90), to: title }";
    static final String DROP = "dropColumn: { table: users, column: name }";
    static final String DROP_DOWN = "dropColumn: { table: users, column: name, down: \"''\" }";
    static final String ADD = "addColumn: { table: users, column: x, type: int }";
    static final String ADD_DEFAULT = "addColumn: { table: users, column: x, type: int, default: 1 }";
    static final String ADD_UP = "addColumn: { table: users, column: x, type: int, up: n }";
    static final String FILL = "setNotNull: { table: users, column: n, fill: '1' }";
    static final String INDEX = "createIndex: { table: users, name: i, columns: [ n ] }";
    static final String SPLIT =
            """
            splitColumn:
              table: users
              column: name
              down: "first || last"
              into: [ { column: first, type: text, up: "left(name, 1)" }, { column: last, type: text, up: "substr(name, 2)" } ]
            """;
    static final String MERGE =
            """
            mergeColumns:
              table: users
              columns: [ { column: name, down: "split_part(m, ' ', 1)" }, { column: n, down: "length(m)" } ]
              into: { column: m, type: text, up: "name || ' ' || n" }
            """;
    static final List<String> REPLACING = List.of(RENAME, RETYPE, MERGE);

    static Refusal refused(String what, List<String> operations, String message, String remedy, String... schema) {
        return new Refusal(what, operations, message, remedy, List.of(schema));
    }

    static List<String> and(List<String> operations, String... more) {
        List<String> all = new ArrayList<>(operations);
        all.addAll(List.of(more));
        return all;
    }

    private static Migration migration(String operation) {
        String operations = "- " + operation.indent(2).strip() + "\n";
        return MigrationFiles.parse("0001_test", "0001_test.yaml", "operations:\n" + operations.indent(2));
    }

    /** Each of the operations is refused for it, and leaves no trace. */
    void assertRefused(TestDatabase database) {
        Syntax.assumeUnderstood(database, schema);
        Users.run(database, schema);
        SchemaSnapshot before = database.snapshot("public");
        PgPlanner planner = new PgPlanner(database.dataSource(), Identifier.of("migrator"));
        for (String operation : operations) {
            PlanRefusedException refusal =
                    catchThrowableOfType(PlanRefusedException.class, () -> planner.plan(migration(operation)));
            assertThat(refusal).as("%s: %s", what, operation).isNotNull();
            assertThat(refusal.findings()).as("%s: %s", what, operation).anySatisfy(finding -> {
                assertThat(finding.message()).contains(message);
                assertThat(finding.remedy()).contains(remedy);
            });
        }
        assertThat(before.differences(database.snapshot("public"))).isEmpty();
    }

    @Override
    public String toString() {
        return what;
    }
}
