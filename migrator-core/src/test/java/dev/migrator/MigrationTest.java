package dev.migrator;

import static dev.migrator.SampleFile.parse;
import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.operation.AddColumn;
import dev.migrator.operation.RenameColumn;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MigrationTest {

    @Test
    void theDefinitionHasALineForEachValue() {
        assertThat(parse(Everything.YAML).definition()).isEqualTo(Everything.DEFINITION);
    }

    @Test
    void aMigrationFromAFileAndOneFromTheBuilderAreTheSame() {
        Migration file = parse(Everything.YAML);
        Migration built = Everything.builder().build();

        assertThat(built.definition()).isEqualTo(file.definition());
        assertThat(built.checksum()).isEqualTo(file.checksum()).matches("[0-9a-f]{64}");
        assertThat(built.operations()).isEqualTo(file.operations());
        assertThat(built.gates()).isEqualTo(file.gates());
        assertThat(built.backfill()).isEqualTo(file.backfill());
        assertThat(built.description()).isEqualTo(file.description()).contains("everything at once");
        assertThat(built.schema()).isEqualTo(file.schema()).contains(Identifier.of("app"));
        assertThat(built).isEqualTo(file).hasSameHashCodeAs(file).hasToString("0007_x");
        assertThat(built.narrows()).isTrue();
    }

    @Test
    void aMigrationThatSaysLittleHasTheDefaults() {
        Migration migration = parse("operations: [ { renameColumn: { table: t, column: a, to: b } } ]");

        assertThat(migration.id()).isEqualTo("0007_x");
        assertThat(migration.description()).isEmpty();
        assertThat(migration.schema()).isEmpty();
        assertThat(migration.backfill()).isEqualTo(BackfillSettings.defaults());
        assertThat(migration.gates()).isEqualTo(Gates.defaults());
        assertThat(migration.narrows()).isFalse();
        assertThat(migration.operations())
                .containsExactly(new RenameColumn(TableRef.of("t"), Identifier.of("a"), Identifier.of("b")));
    }

    @Test
    void theChecksumIsTheSameInEveryVersionOfTheLibrary() {
        // Stored with running migrations: if this fails, those would be refused after an upgrade.
        assertThat(parse(Everything.YAML).checksum())
                .isEqualTo("ad9e08d528f2e135600b645104172c3d5a6733a4a839d9efc8503819781f464a");
    }

    @Test
    void commentsStyleAndWordsDoNotChangeTheChecksum() {
        String checksum = parse(Everything.YAML).checksum();
        Set<String> same = new LinkedHashSet<>(List.of(
                Everything.YAML.replace("description: everything at once\n", ""),
                Everything.YAML.replace("everything at once", "something else"),
                Everything.YAML
                        .replace("\n", " # why\n")
                        .replace("expand: | # why", "expand: |")
                        .replace("create view v as # why", "create view v as")
                        .replace("backslash # why", "backslash"),
                Everything.YAML.replace("\n", "\r\n"),
                Everything.YAML.replace("table: users", "\"table\": 'users'"),
                Everything.YAML.replace("column: name, to: full_name", "to: full_name, column: name"),
                Everything.YAML.replace("column: id, type: bigint", "column: id,\n\n       type: bigint"),
                Everything.YAML.replace("batchTarget: 20ms, workers: 2", "workers: 3"),
                Everything.YAML.replace("failedRows: 5, showValues: true", "failedRows: 6, userTriggers: fire"),
                Everything.YAML.replace("soak: 24h", "soak: 23h60m"),
                Everything.YAML.replace("zip || ' ' || city", "|-\n          zip || ' ' || city"),
                Everything.YAML.replace("columns: [ mail,", "columns: [ { column: mail },"),
                Everything.YAML.replace(", fill:", ",\n      fill:"),
                Everything.YAML.replace("onUpdate: cascade", "onUpdate: CASCADE"),
                Everything.YAML.replace("identity: by default", "identity: true, nullable: true")));

        for (String variant : same) {
            assertThat(parse(variant).checksum()).as(variant).isEqualTo(checksum);
        }
    }

    @Test
    void everyValueOfTheDefinitionChangesTheChecksum() {
        Set<String> checksums = new LinkedHashSet<>();
        checksums.add(parse(Everything.YAML).checksum());
        List<String[]> edits = List.of(
                new String[] {"schema: app\noperations", "operations"},
                new String[] {"showValues: true", "userTriggers: skip"},
                new String[] {"schema: app\noperations", "schema: App\noperations"},
                new String[] {"column: age", "column: Age"},
                new String[] {"type: integer", "type: bigint"},
                new String[] {"nullable: false", "nullable: true"},
                new String[] {"default: 0", "default: 00"},
                new String[] {"comment: in years", "comment: 'in years '"},
                new String[] {"schema: audit, ", ""},
                new String[] {"by default", "always"},
                new String[] {", down: \"''\"", ""},
                new String[] {"to: full_name", "to: fullname"},
                new String[] {", to: d }", " }"},
                new String[] {"up: born::date, ", ""},
                new String[] {"column: zip", "column: zip2"},
                new String[] {"' ' || city", "'  ' || city"},
                new String[] {"f(c)", "g(c)"},
                new String[] {"up: a || b", "up: b || a"},
                new String[] {", fill: \"'none'\"", ""},
                new String[] {"unique: true", "unique: false"},
                new String[] {"method: btree", "method: hash"},
                new String[] {"order: desc", "order: asc"},
                new String[] {"nulls: last", "nulls: first"},
                new String[] {", opclass: text_ops", ""},
                new String[] {"include: [ id ]", "include: [ id, x ]"},
                new String[] {"where: deleted", "where: removed"},
                new String[] {"expression: lower(name)", "column: lower(name)"},
                new String[] {"references: { schema: app, ", "references: { "},
                new String[] {"onDelete: set null", "onDelete: set default"},
                new String[] {"      onUpdate: cascade\n", ""},
                new String[] {"transaction: false", "transaction: true"},
                new String[] {"contract: drop view v", "contract: drop view w"},
                new String[] {"rollback: drop view v", "rollback: drop view w"},
                new String[] {"as\n          select", "as\n           select"},
                new String[] {"expand: []", "backfill: []"},
                new String[] {"  expand: []\n", ""},
                new String[] {"soak: 24h", "soak: 25h"},
                new String[] {", reason: not yet", ""},
                new String[] {"releases, approval", "approval, releases"},
                new String[] {"rollback: [ releases ]", "rollback: []"});
        for (String[] edit : edits) {
            String edited = Everything.YAML.replace(edit[0], edit[1]);
            assertThat(edited).as(edit[0]).isNotEqualTo(Everything.YAML);
            assertThat(checksums.add(parse(edited).checksum())).as(edit[0]).isTrue();
        }
    }

    @Test
    void valuesThatLookLikeOtherLinesStayOneLine() {
        Migration one = parse("operations: [ { sql: { expand: \"a\\noperations[0].sql.contract = b\" } } ]");
        Migration two = parse("operations: [ { sql: { expand: a, contract: b } } ]");
        Migration three = parse("operations: [ { sql: { expand: 'a\\noperations[0].sql.contract = b' } } ]");

        assertThat(Set.of(one.definition(), two.definition(), three.definition()))
                .hasSize(3);
        assertThat(one.definition()).isEqualTo("operations[0].sql.expand = a\\noperations[0].sql.contract = b\n");
    }

    @Test
    void differencesAreOneLineForEachPath() {
        Migration before =
                parse("schema: a\noperations: [ { renameColumn: { table: users, column: name, to: full_name } } ]");
        Migration after = parse("operations: [ { renameColumn: { table: users, column: name, to: fullname } } ]\n"
                + "gates: { purge: [] }");

        assertThat(Migration.differences(before.definition(), after.definition()))
                .containsExactly(
                        "operations[0].renameColumn.to: was full_name, now fullname",
                        "gates.purge: added, []",
                        "schema: removed, was a");
        assertThat(Migration.differences(before.definition(), before.definition()))
                .isEmpty();
        assertThat(Migration.differences("", "")).isEmpty();
        assertThat(Migration.differences("of another version\n", ""))
                .containsExactly("of another version: removed, was ");
    }

    @Test
    void everyKeyOfAFileHasItsPlace() {
        Migration migration = parse(Everything.YAML);

        assertThat(migration.mark("description")).contains(new SourceMark("db/migrator/0007_x.yaml", 1, 1));
        assertThat(migration.mark("operations[0]")).contains(new SourceMark("db/migrator/0007_x.yaml", 4, 5));
        assertThat(migration.mark("operations[0].addColumn")).contains(new SourceMark("db/migrator/0007_x.yaml", 4, 5));
        assertThat(migration.mark("operations[5].changeType.up"))
                .hasValueSatisfying(mark -> assertThat(mark).hasToString("db/migrator/0007_x.yaml:9:70"));
        assertThat(migration.mark("operations[6].splitColumn.into[1].up")).isPresent();
        assertThat(migration.mark("gates.contract[2].soak")).isPresent();
        assertThat(migration.mark("operations[4].changeType.up")).isEmpty();
        migration.definition().lines().forEach(line -> {
            String path = line.substring(0, line.indexOf(" = "));
            assertThat(migration.mark(path)).as(path).isPresent();
        });
        assertThat(Everything.builder().build().mark("operations[0]")).isEmpty();
    }

    @Test
    void theBuilderTakesOperationsAsTheyAre() {
        AddColumn operation = AddColumn.builder(TableRef.of("s", "t"), Identifier.of("c"), "int")
                .build();

        assertThat(Migration.builder("m").add(operation).build().operations()).containsExactly(operation);
    }
}
