package dev.migrator.internal.file;

import static dev.migrator.SampleFile.problems;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.migrator.MigrationFileException;
import dev.migrator.SampleFile;
import dev.migrator.SourceMark;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said about files that YAML can read but that are no migrations. */
class ProblemsTest {

    private static final String AVAILABLE =
            "addColumn, dropColumn, renameColumn, changeType, splitColumn, mergeColumns,"
                    + " setNotNull, addForeignKey, createIndex, sql";

    @Test
    void aMisspeltKeyIsShownWithItsPlaceAndTheNearestKey() {
        MigrationFileException e = catchThrowableOfType(
                MigrationFileException.class,
                () -> SampleFile.parse(
                        """
                # rename
                description: x

                operations:
                  - renameColumn: { colum: name, table: users, to: full_name }
                """));

        assertThat(e)
                .hasMessage(
                        "db/migrator/0007_x.yaml:5:21: operations[0].renameColumn: unknown key 'colum'; did you mean"
                                + " 'column'?");
        assertThat(e.problems())
                .containsExactly(new MigrationFileException.Problem(
                        new SourceMark("db/migrator/0007_x.yaml", 5, 21),
                        "operations[0].renameColumn",
                        "unknown key 'colum'; did you mean 'column'?"));
    }

    @Test
    void aKeyThatIsLikeNoneIsAnsweredWithAllKeys() {
        assertThat(problems("operations: [ { renameColumn: { table: t, column: a, to: b, cascade: true } } ]"))
                .containsExactly(
                        "1:61: operations[0].renameColumn: unknown key 'cascade'; the keys here are: schema, table,"
                                + " column, to");
        assertThat(problems("operation: [ { sql: { expand: x } } ]\nx: 1\ny\u00e9: 2"))
                .containsExactly(
                        "1:1: unknown key 'operation'; did you mean 'operations'?",
                        "2:1: unknown key 'x'; the keys here are: description, schema, operations, backfill, gates",
                        "3:1: unknown key 'yé'; the keys here are: description, schema, operations, backfill, gates");
    }

    @Test
    void allProblemsOfAFileAreShownAtOnceInTheOrderOfItsLines() {
        assertThat(
                        problems(
                                """
                        gates: { purg: [] }
                        operations:
                          - renameColumn: { column: a, to: a, table: t }
                          - setNotNul: { table: t, column: a }
                          - dropColumn: { table: t }
                        backfill: { workers: 0 }
                        schema: []
                        """))
                .containsExactly(
                        "1:10: gates: unknown key 'purg'; did you mean 'purge'?",
                        "3:36: operations[0].renameColumn.to: is 'a', the column's name already",
                        "4:5: operations[1]: unknown operation 'setNotNul'; did you mean 'setNotNull'?",
                        "5:17: operations[2].dropColumn: the key 'column' is missing",
                        "6:22: backfill.workers: is 0; it must be from 1 to 64",
                        "7:9: schema: expected a name, found a list");
    }

    @Test
    void aFileWithVeryManyProblemsShowsTheFirstHundred() {
        String yaml = IntStream.range(0, 250).mapToObj(i -> "key" + i + ": 1\n").collect(Collectors.joining());
        List<String> problems =
                catchThrowableOfType(MigrationFileException.class, () -> SampleFile.parse(yaml)).problems().stream()
                        .map(Object::toString)
                        .toList();

        assertThat(problems).hasSize(101).last().isEqualTo("db/migrator/0007_x.yaml: and 151 problems more");
    }

    @Test
    void aKeyThatStandsTwiceIsAProblem() {
        assertThat(
                        problems(
                                """
                operations:
                  - renameColumn:
                      table: users
                      column: a
                      to: b
                      column: c
                operations: []
                """))
                .containsExactly(
                        "6:7: operations[0].renameColumn: the key 'column' stands here a second time; the first is in line"
                                + " 4",
                        "7:1: the key 'operations' stands here a second time; the first is in line 1");
    }

    @Test
    void operationsMustBeAListWithEntries() {
        assertThat(problems("description: x")).containsExactly("1:1: the key 'operations' is missing");
        assertThat(problems("operations:")).containsExactly("1:12: operations: expected a list, found nothing");
        assertThat(problems("operations: []"))
                .containsExactly("1:13: operations: is empty; a migration needs at least one operation");
        assertThat(problems("operations: { sql: { expand: x } }"))
                .containsExactly("1:13: operations: expected a list, found a map");
        assertThat(problems("operations: sql")).containsExactly("1:13: operations: expected a list, found a text");
    }

    @Test
    void aFileIsAMap() {
        String expected =
                "1:1: expected a map with the keys description, schema, operations, backfill and gates, found ";
        assertThat(problems("- a")).containsExactly(expected + "a list");
        assertThat(problems("a")).containsExactly(expected + "a text");
        assertThat(problems("1")).containsExactly(expected + "a number");
        assertThat(problems("---\n")).hasSize(1).first().asString().endsWith("found nothing");
    }

    @Test
    void anEntryIsAMapWithOneKey() {
        assertThat(problems("operations: [ sql, 1, ~, [], {}, { sql: { expand: x }, dropColumn: {} } ]"))
                .containsExactly(
                        "1:15: operations[0]: expected a map with one key, the operation, found the text 'sql'",
                        "1:20: operations[1]: expected a map with one key, the operation, found '1'",
                        "1:23: operations[2]: expected a map with one key, the operation, found nothing",
                        "1:26: operations[3]: expected a map with one key, the operation, found a list",
                        "1:30: operations[4]: has no key; an entry has exactly one, the operation",
                        "1:34: operations[5]: has 2 keys (sql, dropColumn); an entry has exactly one, the operation");
    }

    @Test
    void anOperationWhoseKeysAreIndentedTooLittleIsRecognised() {
        assertThat(problems("operations:\n  - renameColumn:\n    table: users\n    to: b\n"))
                .containsExactly("2:5: operations[0]: has 3 keys (renameColumn, table, to), perhaps because those below"
                        + " renameColumn are indented too little; an entry has exactly one, the operation");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dropNotNull", "setDefault", "dropDefault", "addCheck", "addUnique", "addPrimaryKey", "dropConstraint",
                "renameConstraint", "dropIndex", "renameIndex", "reindex", "createTable", "dropTable", "renameTable",
                "createEnum", "addEnumValue", "renameEnumValue", "backfill"
            })
    void anOperationOfALaterVersionIsKnownAsOne(String keyword) {
        assertThat(problems("operations: [ { " + keyword + ": { table: t } } ]"))
                .containsExactly("1:17: operations[0]: operation `" + keyword + "` is not available in this version;"
                        + " available are: " + AVAILABLE);
    }

    @Test
    void anOperationThatIsLikeNoneIsAnsweredWithAll() {
        assertThat(problems("operations: [ { truncate: {} } ]"))
                .containsExactly("1:17: operations[0]: unknown operation 'truncate'; available are: " + AVAILABLE);
        assertThat(problems("operations: [ { addcolumn: {} } ]"))
                .containsExactly("1:17: operations[0]: unknown operation 'addcolumn'; did you mean 'addColumn'?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"versionedViews", "onUnmappable", "targets", "backfill"})
    void reservedKeysAreRefused(String key) {
        assertThat(problems("operations: [ { dropColumn: { table: t, column: c, " + key + ": 1 } } ]"))
                .containsExactly(
                        "1:52: operations[0].dropColumn: the key '" + key + "' is reserved for a later version");
    }

    @Test
    void reservedKeysAreRefusedAtTheTopToo() {
        assertThat(problems("operations: [ { sql: { expand: x } } ]\ntargets: []"))
                .containsExactly("2:1: the key 'targets' is reserved for a later version");
    }

    @Test
    void aNameIsNeverNothing() {
        assertThat(problems("operations: [ { renameColumn: { table: ~, column: , to: \"\", schema: null } } ]"))
                .containsExactly(
                        "1:40: operations[0].renameColumn.table: expected a name, found nothing; to YAML, ~ is nothing"
                                + " unless it is quoted",
                        "1:50: operations[0].renameColumn.column: expected a name, found nothing",
                        "1:57: operations[0].renameColumn.to: a name must not be empty",
                        "1:69: operations[0].renameColumn.schema: expected a name, found nothing; to YAML, null is nothing"
                                + " unless it is quoted");
    }

    @Test
    void aNameThatPostgresqlWouldCutIsRefusedWhereItStands() {
        String name = "ü".repeat(35);
        assertThat(problems("operations:\n- createIndex: { table: t, name: i, columns: [ a, " + name + " ] }"))
                .containsExactly("2:51: operations[0].createIndex.columns[1]: the name '" + name
                        + "' is 70 bytes in UTF-8, PostgreSQL keeps 63: shorten it by 7 bytes");
        assertThat(problems("operations: [ { renameColumn: { table: \"\\ud800\", column: \"a\\0\", to: b } } ]"))
                .containsExactly(
                        "1:40: operations[0].renameColumn.table: the name '\\ud800' has half of a surrogate pair at position"
                                + " 1, which is no character",
                        "1:58: operations[0].renameColumn.column: the name 'a\\u0000' has a NUL character at position 2,"
                                + " which PostgreSQL can't store");
    }

    @Test
    void wrongKindsAreNamed() {
        assertThat(problems(
                        "operations: [ { addColumn: { table: {}, column: [], type: [], nullable: yes, identity: never,"
                                + " default: null, up: '' } } ]"))
                .containsExactly(
                        "1:37: operations[0].addColumn.table: expected a name, found a map",
                        "1:49: operations[0].addColumn.column: expected a name, found a list",
                        "1:59: operations[0].addColumn.type: expected a text, found a list",
                        "1:73: operations[0].addColumn.nullable: expected true or false, found the text 'yes'",
                        "1:88: operations[0].addColumn.identity: expected always | by default | true, found the text"
                                + " 'never'",
                        "1:104: operations[0].addColumn.default: expected a text, found nothing; to YAML, null is nothing"
                                + " unless it is quoted");
        assertThat(problems(
                        "operations: [ { sql: x }, { createIndex: { table: t, name: i, columns: a, unique: 1 } } ]"))
                .containsExactly(
                        "1:22: operations[0].sql: expected a map with the keys expand, contract, rollback and transaction,"
                                + " found a text",
                        "1:72: operations[1].createIndex.columns: expected a list, found a text",
                        "1:83: operations[1].createIndex.unique: expected true or false, found '1'");
    }

    @Test
    void whatAnOperationRefusesIsShownAtItsKey() {
        assertThat(
                        problems(
                                """
                operations:
                  - addColumn:
                      table: t
                      column: c
                      type: ' '
                      nullable: false
                """))
                .containsExactly(
                        "5:13: operations[0].addColumn.type: is blank",
                        "6:17: operations[0].addColumn.nullable: is false, but nothing fills the column when the old"
                                + " release inserts a row; give one of `default`, `up`, `identity`, `generated`");
        assertThat(
                        problems(
                                """
                operations:
                - addForeignKey: { table: t, name: k, columns: [ a, b ],
                    references: { table: u, columns: [ c ] }, onDelete: explode }
                - addForeignKey: { table: t, name: k, columns: [ a, b ],
                    references: { table: u, columns: [ c ] } }
                - sql: { rollback: x }
                - splitColumn: { table: t, column: a, down: x, into: [ { column: b, type: c, up: d },
                    { column: b, type: c, up: d } ] }
                """))
                .containsExactly(
                        "3:57: operations[0].addForeignKey.onDelete: expected no action | restrict | cascade | set null |"
                                + " set default, found the text 'explode'",
                        "5:38: operations[1].addForeignKey.references.columns: has 1 name, but `columns` has 2",
                        "6:8: operations[2].sql: needs `expand` or `contract`, or both",
                        "8:15: operations[3].splitColumn.into[1].column: names 'b' a second time");
    }

    @Test
    void theColumnsOfAnIndexAreColumnsOrExpressions() {
        assertThat(problems("operations: [ { createIndex: { table: t, name: i, columns: [ { column: a, expression: b },"
                        + " { order: up }, [] ] } } ]"))
                .containsExactly(
                        "1:62: operations[0].createIndex.columns[0]: needs either 'column' or 'expression'",
                        "1:92: operations[0].createIndex.columns[1]: needs either 'column' or 'expression'",
                        "1:101: operations[0].createIndex.columns[1].order: expected asc | desc, found the text 'up'",
                        "1:107: operations[0].createIndex.columns[2]: expected a name, found a list");
    }
}
