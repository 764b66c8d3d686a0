package dev.migrator.pg.plan;

import static dev.migrator.pg.plan.Refusal.ADD;
import static dev.migrator.pg.plan.Refusal.ADD_DEFAULT;
import static dev.migrator.pg.plan.Refusal.ADD_UP;
import static dev.migrator.pg.plan.Refusal.DROP;
import static dev.migrator.pg.plan.Refusal.DROP_DOWN;
import static dev.migrator.pg.plan.Refusal.MERGE;
import static dev.migrator.pg.plan.Refusal.REPLACING;
import static dev.migrator.pg.plan.Refusal.SPLIT;
import static dev.migrator.pg.plan.Refusal.and;
import static dev.migrator.pg.plan.Refusal.refused;

import dev.migrator.pg.Databases;
import dev.migrator.test.TestDatabase;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sequences that would end with a column, and triggers that copy a table's rows by position, are refused before EXPAND. */
class NumbersAndCopiesRefusedTest {
    private static final String TABLE = "CREATE TABLE users (id int PRIMARY KEY, name text, n int, at daterange)";
    private static final String AUDIT =
            "CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN %s; RETURN NULL; END$$";
    private static final String AFTER_INSERT =
            "CREATE TRIGGER audit AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION audit()";

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = Databases.withStateTables();
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    static Stream<Refusal> things() {
        String identity = "CREATE TABLE users (id int PRIMARY KEY, n int GENERATED ALWAYS AS IDENTITY, name text)";
        String merge = MERGE.replace("length(m)", "coalesce(length(m), 0)");
        List<String> columns = and(REPLACING, DROP, DROP_DOWN, ADD, ADD_DEFAULT, ADD_UP);
        return Stream.of(
                refused(
                        "a trigger that copies rows by position",
                        columns,
                        "trigger \"audit\"'s function public.audit() inserts whole rows",
                        "Name the columns in that INSERT",
                        TABLE,
                        "CREATE TABLE log (at date, id int, a text, b int, c daterange)",
                        AUDIT.formatted("INSERT INTO log SELECT now(), NEW.*"),
                        AFTER_INSERT),
                refused(
                        "a trigger that copies a transition table by position",
                        columns,
                        "inserts whole rows",
                        "Name the columns in that INSERT",
                        TABLE,
                        "CREATE TABLE log (id int, a text, b int, c daterange)",
                        AUDIT.formatted("INSERT INTO log SELECT * FROM fresh"),
                        "CREATE TRIGGER audit AFTER INSERT ON users REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT"
                                + " EXECUTE FUNCTION audit()"),
                refused(
                        "the sequence of a dropped column that another default uses",
                        List.of("dropColumn: { table: users, column: n }"),
                        "default value for column id of table public.orders takes its numbers from the sequence of \"n\"",
                        "OWNED BY",
                        "CREATE TABLE users (id int PRIMARY KEY, n serial)",
                        "CREATE TABLE orders (id int DEFAULT nextval('users_n_seq'))"),
                refused(
                        "an identity column that can't go on counting",
                        List.of("changeType: { table: users, column: n, type: text, down: 'n::int' }", merge),
                        "\"n\" is an identity column",
                        "DROP IDENTITY",
                        identity),
                refused(
                        "an identity column that is split",
                        List.of(SPLIT.replace("column: name", "column: n")
                                .replace("first || last", "coalesce(first::int, 0)")
                                .replace("left(name, 1)", "n::text")
                                .replace("substr(name, 2)", "n::text")),
                        "\"n\" is an identity column",
                        "DROP IDENTITY",
                        identity));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("things")
    void whatCannotBeCarriedIsRefused(Refusal refusal) {
        refusal.assertRefused(database);
    }
}
