package dev.migrator.pg.plan;

import java.util.List;

/** A form that SQL offers for a write. {@code $t} is the table, {@code $c} the column, {@code $id} the row, {@code $v} the value. */
enum WriterForm {
    UPDATE(Effect.SETS, "UPDATE $t SET $c = $v WHERE id = $id"),
    UPDATE_OF_NULL(Effect.CLEARS, "UPDATE $t SET $c = NULL WHERE id = $id"),
    UPDATE_FROM(Effect.SETS, "UPDATE $t AS u SET $c = s.v FROM (VALUES ($id, $v)) AS s (i, v) WHERE u.id = s.i"),
    UPDATE_OF_A_ROW(Effect.SETS, "UPDATE $t SET (note, $c) = (SELECT 'row', $v) WHERE id = $id"),
    UPDATE_OF_ANOTHER_COLUMN(Effect.KEEPS, "UPDATE $t SET note = 'other' WHERE id = $id"),
    UPSERT(
            Effect.SETS,
            "INSERT INTO $t (id, $c) VALUES ($id, $v) ON CONFLICT (id) DO UPDATE SET $c = excluded.$c, note = $t.note"),
    UPSERT_OF_ANOTHER_COLUMN(
            Effect.KEEPS, "INSERT INTO $t (id, $c) VALUES ($id, $v) ON CONFLICT (id) DO UPDATE SET note = 'upserted'"),
    CONFLICT_AND_NOTHING(Effect.KEEPS, "INSERT INTO $t (id, $c) VALUES ($id, $v) ON CONFLICT DO NOTHING"),
    MERGE_THAT_UPDATES(
            Effect.SETS,
            "MERGE INTO $t AS u USING (VALUES ($id, $v)) AS s (i, v) ON u.id = s.i"
                    + " WHEN MATCHED THEN UPDATE SET $c = s.v WHEN NOT MATCHED THEN INSERT (id, $c) VALUES (s.i, s.v)"),
    CURSOR(
            Effect.SETS,
            "BEGIN",
            "DECLARE rows CURSOR FOR SELECT id FROM $t WHERE id = $id FOR UPDATE",
            "FETCH rows",
            "UPDATE $t SET $c = $v WHERE CURRENT OF rows",
            "COMMIT"),
    EXPRESSION_THAT_WRITES(
            Effect.SETS, "WITH done AS (UPDATE $t SET $c = $v WHERE id = $id RETURNING id) SELECT count(*) FROM done"),
    SAVEPOINT(
            Effect.SETS,
            "BEGIN",
            "UPDATE $t SET $c = $v WHERE id = $id",
            "SAVEPOINT s",
            "UPDATE $t SET $c = NULL WHERE id = $id",
            "DELETE FROM $t WHERE id = $id",
            "ROLLBACK TO s",
            "COMMIT"),
    ROLLED_BACK(
            Effect.KEEPS,
            "BEGIN",
            "SAVEPOINT s",
            "UPDATE $t SET $c = $v WHERE id = $id",
            "ROLLBACK TO s",
            "UPDATE $t SET note = 'kept' WHERE id = $id",
            "COMMIT"),
    PREPARED(
            Effect.SETS,
            "PREPARE change (int) AS UPDATE $t SET $c = $v WHERE id = $1",
            "EXECUTE change ($id)",
            "DEALLOCATE change"),
    BLOCK(Effect.SETS, "DO $$BEGIN EXECUTE 'UPDATE $t SET $c = $1 WHERE id = $id' USING $v; END$$"),
    FUNCTION(
            Effect.CLEARS,
            "CREATE FUNCTION pg_temp.clear() RETURNS void LANGUAGE plpgsql AS $$BEGIN UPDATE $t SET $c = NULL WHERE id ="
                    + " $id; END$$",
            "SELECT pg_temp.clear()",
            "DROP FUNCTION pg_temp.clear()"),
    SQL_FUNCTION(
            Effect.SETS,
            "CREATE FUNCTION pg_temp.change() RETURNS void LANGUAGE sql AS $$UPDATE $t SET $c = $v WHERE id = $id$$",
            "SELECT pg_temp.change()",
            "DROP FUNCTION pg_temp.change()"),
    REPEATABLE_READ(
            Effect.SETS,
            "BEGIN ISOLATION LEVEL REPEATABLE READ",
            "SELECT count(*) FROM $t",
            "UPDATE $t SET $c = $v WHERE id = $id",
            "COMMIT"),
    SERIALIZABLE(
            Effect.SETS,
            "BEGIN ISOLATION LEVEL SERIALIZABLE",
            "SELECT count(*) FROM $t",
            "UPDATE $t SET $c = $v WHERE id = $id",
            "COMMIT"),
    REPLICA(
            Effect.SETS,
            "SET session_replication_role = replica",
            "UPDATE $t SET $c = $v WHERE id = $id",
            "RESET session_replication_role"),
    VIEW_OF_OTHER_COLUMNS(Effect.KEEPS, "UPDATE other.notes SET note = 'seen' WHERE id = $id"),
    INSERT(Effect.INSERTS, "INSERT INTO $t (id, $c) VALUES ($id, $v)"),
    INSERT_SELECT(Effect.INSERTS, "INSERT INTO $t (id, $c) SELECT id, v FROM (VALUES ($id, $v)) AS s (id, v)"),
    INSERT_WITHOUT_CONFLICT(Effect.INSERTS, "INSERT INTO $t (id, $c) VALUES ($id, $v) ON CONFLICT DO NOTHING"),
    MERGE_THAT_INSERTS(
            Effect.INSERTS,
            "MERGE INTO $t AS u USING (VALUES ($id, $v)) AS s (i, v) ON u.id = s.i"
                    + " WHEN MATCHED THEN UPDATE SET $c = s.v WHEN NOT MATCHED THEN INSERT (id, $c) VALUES (s.i, s.v)"),
    COPY(Effect.INSERTS, "COPY $t (id, $c) FROM STDIN WITH (DELIMITER ',')\n$id,$raw\n"),
    VIEW_INSERT(Effect.INSERTS_NOTHING, "INSERT INTO other.notes (id, note) VALUES ($id, 'through a view')"),
    MOVED(
            Effect.INSERTS,
            "INSERT INTO $t (id, $c) VALUES (-$id, NULL)",
            "WITH gone AS (DELETE FROM $t WHERE id = -$id RETURNING id) INSERT INTO $t (id, $c) SELECT -id, $v FROM gone"),
    DELETE_USING(Effect.DELETES, "DELETE FROM $t AS u USING (VALUES ($id)) AS s (i) WHERE u.id = s.i"),
    MERGE_THAT_DELETES(
            Effect.DELETES, "MERGE INTO $t AS u USING (VALUES ($id)) AS s (i) ON u.id = s.i WHEN MATCHED THEN DELETE");

    /** What becomes of the row. */
    enum Effect {
        SETS,
        CLEARS,
        KEEPS,
        INSERTS,
        INSERTS_NOTHING,
        DELETES;

        boolean isOfANewRow() {
            return this == INSERTS || this == INSERTS_NOTHING;
        }
    }

    private final Effect effect;

    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<String> statements;

    WriterForm(Effect effect, String... statements) {
        this.effect = effect;
        this.statements = List.of(statements);
    }

    Effect effect() {
        return effect;
    }

    /** Which PostgreSQL has it. */
    boolean isKnownTo(int majorVersion) {
        return majorVersion >= 15 || !name().startsWith("MERGE");
    }

    /** The statements that write this. */
    List<String> statements(String table, String column, int id, String value, boolean text) {
        return statements.stream()
                .map(sql -> sql.replace("$t", table)
                        .replace("$c", column)
                        .replace("$id", String.valueOf(id))
                        .replace("$raw", value)
                        .replace("$v", text ? "'" + value + "'" : value))
                .toList();
    }
}
