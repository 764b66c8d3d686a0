package dev.migrator;

import dev.migrator.operation.Identity;
import dev.migrator.operation.IndexColumn;
import dev.migrator.operation.NewColumn;
import dev.migrator.operation.OldColumn;
import dev.migrator.operation.ReferentialAction;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One migration that uses every key there is: as a file, as its definition, and by the builder. */
public final class Everything {

    public static final String YAML =
            """
            description: everything at once
            schema: app
            operations:
              - addColumn: { table: users, column: age, type: integer, nullable: false, default: 0, comment: in years }
              - addColumn: { schema: audit, table: users, column: n, type: bigint, identity: by default }
              - dropColumn: { table: users, column: fax, down: "''" }
              - renameColumn: { table: users, column: name, to: full_name }
              - changeType: { table: users, column: id, type: bigint }
              - changeType: { schema: s, table: users, column: born, type: date, up: born::date, down: d::text, to: d }
              - splitColumn:
                  table: users
                  column: place
                  into:
                    - { column: zip, type: text, up: "split_part(place, ' ', 1)" }
                    - { column: city, type: text, up: "split_part(place, ' ', 2)" }
                  down: zip || ' ' || city
              - mergeColumns:
                  table: users
                  columns: [ { column: a, down: "f(c)" }, { column: b, down: "g(c)" } ]
                  into: { column: c, type: text, up: a || b }
              - setNotNull: { table: users, column: mail, fill: "'none'" }
              - createIndex:
                  table: users
                  name: users_by_mail
                  unique: true
                  method: btree
                  columns: [ mail, { expression: lower(name), order: desc, nulls: last, opclass: text_ops } ]
                  include: [ id ]
                  where: deleted is null
              - addForeignKey:
                  schema: shop
                  table: orders
                  name: orders_user
                  columns: [ user_id ]
                  references: { schema: app, table: users, columns: [ id ] }
                  onDelete: set null
                  onUpdate: cascade
              - sql:
                  expand: |
                    create view v as
                      select '\\' as backslash
                  contract: drop view v
                  rollback: drop view v
                  transaction: false
            backfill: { batchTarget: 20ms, workers: 2, pauseAboveReplicaLag: 10s, failedRows: 5, showValues: true }
            gates:
              validate: [ releases ]
              contract: [ releases, approval, { soak: 24h }, { sql: select true, reason: not yet } ]
              purge: [ { sql: select false } ]
              expand: []
              rollback: [ releases ]
            """;

    static final String DEFINITION =
            """
            schema = app
            operations[0].addColumn.table = users
            operations[0].addColumn.column = age
            operations[0].addColumn.type = integer
            operations[0].addColumn.nullable = false
            operations[0].addColumn.default = 0
            operations[0].addColumn.comment = in years
            operations[1].addColumn.schema = audit
            operations[1].addColumn.table = users
            operations[1].addColumn.column = n
            operations[1].addColumn.type = bigint
            operations[1].addColumn.identity = by default
            operations[2].dropColumn.table = users
            operations[2].dropColumn.column = fax
            operations[2].dropColumn.down = ''
            operations[3].renameColumn.table = users
            operations[3].renameColumn.column = name
            operations[3].renameColumn.to = full_name
            operations[4].changeType.table = users
            operations[4].changeType.column = id
            operations[4].changeType.type = bigint
            operations[5].changeType.schema = s
            operations[5].changeType.table = users
            operations[5].changeType.column = born
            operations[5].changeType.type = date
            operations[5].changeType.up = born::date
            operations[5].changeType.down = d::text
            operations[5].changeType.to = d
            operations[6].splitColumn.table = users
            operations[6].splitColumn.column = place
            operations[6].splitColumn.into[0].column = zip
            operations[6].splitColumn.into[0].type = text
            operations[6].splitColumn.into[0].up = split_part(place, ' ', 1)
            operations[6].splitColumn.into[1].column = city
            operations[6].splitColumn.into[1].type = text
            operations[6].splitColumn.into[1].up = split_part(place, ' ', 2)
            operations[6].splitColumn.down = zip || ' ' || city
            operations[7].mergeColumns.table = users
            operations[7].mergeColumns.columns[0].column = a
            operations[7].mergeColumns.columns[0].down = f(c)
            operations[7].mergeColumns.columns[1].column = b
            operations[7].mergeColumns.columns[1].down = g(c)
            operations[7].mergeColumns.into.column = c
            operations[7].mergeColumns.into.type = text
            operations[7].mergeColumns.into.up = a || b
            operations[8].setNotNull.table = users
            operations[8].setNotNull.column = mail
            operations[8].setNotNull.fill = 'none'
            operations[9].createIndex.table = users
            operations[9].createIndex.name = users_by_mail
            operations[9].createIndex.columns[0].column = mail
            operations[9].createIndex.columns[1].expression = lower(name)
            operations[9].createIndex.columns[1].order = desc
            operations[9].createIndex.columns[1].nulls = last
            operations[9].createIndex.columns[1].opclass = text_ops
            operations[9].createIndex.unique = true
            operations[9].createIndex.method = btree
            operations[9].createIndex.include[0] = id
            operations[9].createIndex.where = deleted is null
            operations[10].addForeignKey.schema = shop
            operations[10].addForeignKey.table = orders
            operations[10].addForeignKey.name = orders_user
            operations[10].addForeignKey.columns[0] = user_id
            operations[10].addForeignKey.references.schema = app
            operations[10].addForeignKey.references.table = users
            operations[10].addForeignKey.references.columns[0] = id
            operations[10].addForeignKey.onDelete = set null
            operations[10].addForeignKey.onUpdate = cascade
            operations[11].sql.expand = create view v as\\n  select '\\\\' as backslash
            operations[11].sql.contract = drop view v
            operations[11].sql.rollback = drop view v
            operations[11].sql.transaction = false
            gates.expand = []
            gates.validate[0] = releases
            gates.contract[0] = releases
            gates.contract[1] = approval
            gates.contract[2].soak = 1d
            gates.contract[3].sql = select true
            gates.contract[3].reason = not yet
            gates.purge[0].sql = select false
            gates.rollback[0] = releases
            """;

    private Everything() {}

    static MigrationBuilder builder() {
        return Migration.builder("0007_x")
                .description("everything at once")
                .schema("app")
                .addColumn("users", "age", "integer", c -> c.nullable(false)
                        .defaultValue("0")
                        .comment("in years"))
                .addColumn("users", "n", "bigint", c -> c.schema("audit").identity(Identity.BY_DEFAULT))
                .dropColumn("users", "fax", "''")
                .renameColumn("users", "name", "full_name")
                .changeType("users", "id", "bigint")
                .changeType("users", "born", "date", c -> c.schema("s")
                        .up("born::date")
                        .down("d::text")
                        .to("d"))
                .splitColumn(
                        "users",
                        "place",
                        List.of(
                                NewColumn.of("zip", "text", "split_part(place, ' ', 1)"),
                                NewColumn.of("city", "text", "split_part(place, ' ', 2)")),
                        "zip || ' ' || city")
                .mergeColumns(
                        "users",
                        List.of(OldColumn.of("a", "f(c)"), OldColumn.of("b", "g(c)")),
                        NewColumn.of("c", "text", "a || b"))
                .setNotNull("users", "mail", "'none'")
                .createIndex("users", "users_by_mail", i -> i.unique(true)
                        .method("btree")
                        .column("mail")
                        .column(IndexColumn.expression("lower(name)")
                                .order(IndexColumn.Order.DESC)
                                .nulls(IndexColumn.Nulls.LAST)
                                .opclass("text_ops"))
                        .include("id")
                        .where("deleted is null"))
                .addForeignKey(
                        "orders", "orders_user", List.of("user_id"), "users", List.of("id"), k -> k.schema("shop")
                                .referencedSchema("app")
                                .onDelete(ReferentialAction.SET_NULL)
                                .onUpdate(ReferentialAction.CASCADE))
                .sql(s -> s.expand(
                                """
                                create view v as
                                  select '\\' as backslash
                                """)
                        .contract("drop view v")
                        .rollback("drop view v")
                        .transaction(false))
                .backfill(new BackfillSettings(Duration.ofMillis(20), 2, Optional.of(Duration.ofSeconds(10)))
                        .withFailedRows(5)
                        .withShowValues(true))
                .gates(Phase.VALIDATE, new Gate.Releases())
                .gates(
                        Phase.CONTRACT,
                        new Gate.Releases(),
                        new Gate.Approval(),
                        new Gate.Soak(Duration.ofDays(1)),
                        new Gate.Sql("select true", "not yet"))
                .gates(Phase.PURGE, new Gate.Sql("select false"))
                .gates(Phase.EXPAND)
                .rollbackGates(new Gate.Releases());
    }
}
