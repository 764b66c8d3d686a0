package dev.migrator.pg.engine;

import java.util.List;
import org.junit.jupiter.params.provider.Arguments;

/** Whoever may be in the way of a migration, each with another operation: every kind of operation comes up. */
final class HeldLockCases {
    private HeldLockCases() {}

    /** An operation or two, and what the new release writes once they are through. */
    private static Arguments of(HeldLock lock, String fresh, String operations) {
        return Arguments.of(lock, fresh, Rig.migration("0001_test", operations));
    }

    static List<Arguments> all() {
        return List.of(
                of(
                        HeldLock.transaction(
                                "a reader", "idle in transaction", false, "BEGIN; SELECT count(*) FROM users"),
                        "remark = 'w'",
                        "- renameColumn: { table: users, column: note, to: remark }"),
                of(
                        HeldLock.transaction(
                                "an idle writer",
                                "idle in transaction",
                                false,
                                "BEGIN; UPDATE users SET team = 1 WHERE id = 0"),
                        "big = 5",
                        "- changeType: { table: users, column: n, type: bigint, to: big, up: n * 10, down: big / 10 }"),
                of(
                        HeldLock.prepared(
                                "a prepared transaction", ", prepared ", "UPDATE users SET team = 1 WHERE id = 0"),
                        "head = 'h', tail = 't'",
                        """
                        - splitColumn:
                            table: users
                            column: note
                            into:
                              - { column: head, type: text, up: "left(note, 2)" }
                              - { column: tail, type: text, up: "substr(note, 3)" }
                            down: "head || tail"
                        """),
                of(
                        HeldLock.transaction(
                                "pg_dump",
                                "application pg_dump",
                                false,
                                "BEGIN; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;"
                                        + " LOCK TABLE users, teams IN ACCESS SHARE MODE"),
                        "pair = 'a, b'",
                        """
                        - mergeColumns:
                            table: users
                            columns:
                              - { column: note, down: "split_part(pair, ', ', 1)" }
                              - { column: more, down: "split_part(pair, ', ', 2)" }
                            into: { column: pair, type: text, up: "note || ', ' || more" }
                        """),
                of(
                        HeldLock.work(
                                "VACUUM FULL", "VACUUM FULL users", true, "VACUUM FULL users", "AccessExclusiveLock"),
                        "n = 1",
                        "- dropColumn: { table: users, column: more, down: \"'more'\" }"),
                of(
                        HeldLock.work(
                                "CLUSTER",
                                "CLUSTER users",
                                true,
                                "CLUSTER users USING users_pkey",
                                "AccessExclusiveLock"),
                        "note = 'w'",
                        "- setNotNull: { table: users, column: note, fill: \"'none'\" }"),
                of(
                        HeldLock.work(
                                "REINDEX CONCURRENTLY",
                                "index build",
                                false,
                                "REINDEX TABLE CONCURRENTLY users",
                                "ShareUpdateExclusiveLock"),
                        "shout = 'X'",
                        "- addColumn: { table: users, column: shout, type: text, up: upper(note) }"),
                of(
                        HeldLock.work(
                                "CREATE INDEX CONCURRENTLY",
                                "index build",
                                false,
                                "CREATE INDEX CONCURRENTLY users_own ON users (slow(team + 1))",
                                "ShareUpdateExclusiveLock"),
                        "n = 1",
                        "- createIndex: { table: users, name: users_n, columns: [ n ] }"),
                of(
                        HeldLock.transaction(
                                "ALTER TABLE",
                                "ALTER TABLE users ADD COLUMN mine",
                                true,
                                "BEGIN; ALTER TABLE users ADD COLUMN mine int"),
                        "big = 5",
                        "- changeType: { table: users, column: n, type: bigint, to: big }"),
                of(
                        HeldLock.transaction(
                                "LOCK TABLE",
                                "SHARE ROW EXCLUSIVE",
                                true,
                                "BEGIN; LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE"),
                        "team = 1",
                        """
                        - addForeignKey:
                            { table: users, name: users_team, columns: [ team ], references: { table: teams, columns: [ id ] } }
                        - sql: { expand: "CREATE TABLE audit (id int)", rollback: "DROP TABLE IF EXISTS audit" }
                        """));
    }
}
