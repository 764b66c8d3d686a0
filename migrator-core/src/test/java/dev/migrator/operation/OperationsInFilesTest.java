package dev.migrator.operation;

import static dev.migrator.SampleFile.operation;
import static dev.migrator.SampleFile.parse;
import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Identifier;
import dev.migrator.TableRef;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OperationsInFilesTest {

    private static final TableRef USERS = TableRef.of("users");
    private static final TableRef APP_USERS = TableRef.of("app", "users");

    @Test
    void addColumnNeedsTableColumnAndType() {
        assertThat(operation("addColumn: { table: users, column: age, type: integer }"))
                .isEqualTo(AddColumn.builder(USERS, name("age"), "integer").build())
                .isEqualTo(new AddColumn(
                        USERS,
                        name("age"),
                        "integer",
                        true,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
    }

    @Test
    void addColumnTakesADefaultAsItIsWritten() {
        assertThat(operation(
                        "addColumn: { schema: app, table: users, column: n, type: 'numeric(10,2)', nullable: false,"
                                + " default: 0.10, up: 'coalesce(m, 0)', comment: \"it's \\\"n\\\"\" }"))
                .isEqualTo(new AddColumn(
                        APP_USERS,
                        name("n"),
                        "numeric(10,2)",
                        false,
                        Optional.of("0.10"),
                        Optional.of("coalesce(m, 0)"),
                        Optional.of("it's \"n\""),
                        Optional.empty(),
                        Optional.empty()));
        assertThat(operation("addColumn: { table: users, column: n, type: boolean, default: true, nullable: true }"))
                .isEqualTo(AddColumn.builder(USERS, name("n"), "boolean")
                        .defaultValue("true")
                        .build());
    }

    @Test
    void addColumnMayCountByItselfOrBeGenerated() {
        Operation byDefault = AddColumn.builder(USERS, name("n"), "bigint")
                .identity(Identity.BY_DEFAULT)
                .build();
        for (String word : List.of("by default", "BY DEFAULT", "true")) {
            assertThat(operation("addColumn: { table: users, column: n, type: bigint, identity: " + word + " }"))
                    .isEqualTo(byDefault);
        }
        assertThat(operation("addColumn: { table: users, column: n, type: bigint, identity: always, nullable: false }"))
                .isEqualTo(AddColumn.builder(USERS, name("n"), "bigint")
                        .identity(Identity.ALWAYS)
                        .nullable(false)
                        .build());
        assertThat(operation("addColumn: { table: users, column: n, type: text, generated: 'lower(name)' }"))
                .isEqualTo(AddColumn.builder(USERS, name("n"), "text")
                        .generated("lower(name)")
                        .build());
    }

    @Test
    void renameColumn() {
        Operation rename = new RenameColumn(APP_USERS, name("name"), name("full_name"));

        assertThat(operation("renameColumn: { schema: app, table: users, column: name, to: full_name }"))
                .isEqualTo(rename);
        assertThat(rename.keyword()).isEqualTo("renameColumn");
        assertThat(rename.onTable()).contains(APP_USERS);
        assertThat(rename.narrows()).isFalse();
    }

    @Test
    void changeTypeUnderTheSameNameOrAnother() {
        assertThat(operation("changeType: { table: users, column: id, type: bigint }"))
                .isEqualTo(ChangeType.builder(USERS, name("id"), "bigint").build());
        assertThat(operation("changeType: { schema: app, table: users, column: born, type: date,"
                        + " up: 'born::date', down: 'd::text', to: d }"))
                .isEqualTo(new ChangeType(
                        APP_USERS,
                        name("born"),
                        "date",
                        Optional.of("born::date"),
                        Optional.of("d::text"),
                        Optional.of(name("d"))));
    }

    @Test
    void splitColumn() {
        assertThat(parse(
                                """
                        operations:
                          - splitColumn:
                              table: users
                              column: name
                              into:
                                - { column: first, type: text, up: "split_part(name, ' ', 1)" }
                                - column: last
                                  type: text
                                  up: |
                                    split_part(name, ' ', 2) -- the rest
                              down: first || ' ' || last
                        """)
                        .operations())
                .containsExactly(new SplitColumn(
                        USERS,
                        name("name"),
                        List.of(
                                NewColumn.of("first", "text", "split_part(name, ' ', 1)"),
                                NewColumn.of("last", "text", "split_part(name, ' ', 2) -- the rest")),
                        "first || ' ' || last"));
    }

    @Test
    void mergeColumns() {
        assertThat(operation("mergeColumns: { table: users, columns: [ { column: first, down: 'f(name)' },"
                        + " { column: last, down: 'l(name)' } ], into: { column: name, type: text, up: 'a||b' } }"))
                .isEqualTo(new MergeColumns(
                        USERS,
                        List.of(OldColumn.of("first", "f(name)"), OldColumn.of("last", "l(name)")),
                        NewColumn.of("name", "text", "a||b")));
    }

    @Test
    void dropColumnWithAndWithoutAWayBack() {
        assertThat(operation("dropColumn: { table: users, column: age }"))
                .isEqualTo(new DropColumn(USERS, name("age"), Optional.empty()));
        assertThat(operation("dropColumn: { table: users, column: age, down: 0 }"))
                .isEqualTo(new DropColumn(USERS, name("age"), Optional.of("0")));
    }

    @Test
    void setNotNullNarrows() {
        Operation bare = operation("setNotNull: { table: users, column: age }");

        assertThat(bare).isEqualTo(new SetNotNull(USERS, name("age"), Optional.empty()));
        assertThat(bare.narrows()).isTrue();
        assertThat(operation("setNotNull: { table: users, column: age, fill: -1 }"))
                .isEqualTo(new SetNotNull(USERS, name("age"), Optional.of("-1")));
    }

    @Test
    void createIndexOnColumnsNamedShort() {
        Operation index =
                operation("createIndex: { table: users, name: users_by_age, columns: [ age, \"Full Name\" ] }");

        assertThat(index)
                .isEqualTo(CreateIndex.builder(USERS, name("users_by_age"))
                        .column("age")
                        .column("Full Name")
                        .build());
        assertThat(index.narrows()).isFalse();
    }

    @Test
    void createIndexWithAllThatItCanHave() {
        Operation index = operation("createIndex: { schema: app, table: users, name: i, unique: true, method: btree,"
                + " include: [ age ], where: 'deleted is null', columns: ["
                + " { expression: 'lower(name)', order: desc, nulls: last, opclass: text_pattern_ops },"
                + " { column: born, order: ASC, nulls: first }, { column: born, opclass: date_ops } ] }");

        assertThat(index)
                .isEqualTo(new CreateIndex(
                        APP_USERS,
                        name("i"),
                        List.of(
                                IndexColumn.expression("lower(name)")
                                        .order(IndexColumn.Order.DESC)
                                        .nulls(IndexColumn.Nulls.LAST)
                                        .opclass("text_pattern_ops"),
                                IndexColumn.column("born")
                                        .order(IndexColumn.Order.ASC)
                                        .nulls(IndexColumn.Nulls.FIRST),
                                IndexColumn.column("born").opclass("date_ops")),
                        true,
                        Optional.of(name("btree")),
                        List.of(name("age")),
                        Optional.of("deleted is null")));
        assertThat(index.narrows()).isTrue();
    }

    @Test
    void addForeignKeyNarrows() {
        Operation key = operation("addForeignKey: { table: orders, name: orders_user, columns: [ user_id ],"
                + " references: { table: users, columns: [ id ] } }");

        assertThat(key)
                .isEqualTo(new AddForeignKey(
                        TableRef.of("orders"),
                        name("orders_user"),
                        List.of(name("user_id")),
                        USERS,
                        List.of(name("id")),
                        Optional.empty(),
                        Optional.empty()));
        assertThat(key.narrows()).isTrue();
    }

    @Test
    void addForeignKeyWithItsActionsAndAnotherSchema() {
        for (ReferentialAction action : ReferentialAction.values()) {
            String words = action.sql();
            assertThat(operation("addForeignKey: { schema: shop, table: orders, name: k, columns: [ a, b ],"
                            + " references: { schema: app, table: users, columns: [ b, a ] }, onDelete: " + words
                            + ", onUpdate: " + words.toLowerCase(java.util.Locale.ROOT) + " }"))
                    .isEqualTo(new AddForeignKey(
                            TableRef.of("shop", "orders"),
                            name("k"),
                            List.of(name("a"), name("b")),
                            APP_USERS,
                            List.of(name("b"), name("a")),
                            Optional.of(action),
                            Optional.of(action)));
        }
        assertThat(ReferentialAction.SET_NULL.sql()).isEqualTo("SET NULL");
    }

    @Test
    void sqlRunsTheMigrationsOwnStatements() {
        Operation sql = operation("sql: { expand: 'create view v as select 1' }");

        assertThat(sql)
                .isEqualTo(
                        new RunSql(Optional.of("create view v as select 1"), Optional.empty(), Optional.empty(), true));
        assertThat(sql.keyword()).isEqualTo("sql");
        assertThat(sql.onTable()).isEmpty();
        assertThat(operation("sql: { expand: a, contract: b, rollback: c, transaction: false }"))
                .isEqualTo(new RunSql(Optional.of("a"), Optional.of("b"), Optional.of("c"), false));
    }

    @Test
    void namesAreLiteralWhateverYamlTakesThemFor() {
        for (String plain : List.of("123", "true", "1.0", "a.b", "Full Name", "order", "yes", "0x1F")) {
            assertThat(operation("renameColumn: { table: t, column: " + plain + ", to: z }"))
                    .isEqualTo(new RenameColumn(TableRef.of("t"), name(plain), name("z")));
        }
        assertThat(operation("renameColumn: { table: 'null', column: \"\", to: '~' }".replace("\"\"", "\"we\\\"ird\"")))
                .isEqualTo(new RenameColumn(TableRef.of("null"), name("we\"ird"), name("~")));
    }

    @Test
    void hostileNamesComeThroughUnchanged() {
        List<String> names = List.of(
                "\"",
                "'",
                ";",
                "$$",
                "\n",
                "'; drop table users; --",
                "名".repeat(21),
                "𝒳",
                "\\",
                " ",
                "a\tb",
                "\u0007");
        for (String hostile : names) {
            StringBuilder escaped = new StringBuilder();
            hostile.codePoints().forEach(c -> escaped.append(String.format("\\U%08x", c)));
            assertThat(operation("renameColumn: { table: t, column: \"" + escaped + "\", to: z }"))
                    .isEqualTo(new RenameColumn(TableRef.of("t"), name(hostile), name("z")));
        }
    }

    private static Identifier name(String name) {
        return Identifier.of(name);
    }
}
