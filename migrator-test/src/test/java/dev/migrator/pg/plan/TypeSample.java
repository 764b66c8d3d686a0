package dev.migrator.pg.plan;

import java.util.List;
import java.util.stream.Stream;

/**
 * A type of a migrated column, with values that its own equality, its input or its size may play tricks with.
 *
 * @param type the type as SQL
 * @param schema what has to be made for it first
 * @param values values as SQL; the last one is NULL
 */
record TypeSample(String type, List<String> schema, List<String> values) {
    static final String NULL = "NULL";

    private static TypeSample of(String type, String... values) {
        return with(List.of(), type, values);
    }

    private static TypeSample with(List<String> schema, String type, String... values) {
        return new TypeSample(
                type, schema, Stream.concat(Stream.of(values), Stream.of(NULL)).toList());
    }

    private static final String LARGE = "repeat(md5('%s') || chr(233), 2000)";

    /** Those that have met trouble, here or elsewhere. */
    static List<TypeSample> tricky() {
        return List.of(
                with(List.of("CREATE EXTENSION citext"), "citext", "'Ann'", "'ANN'", "''"),
                with(
                        List.of(
                                "CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"),
                        "text COLLATE ci",
                        "'Ann'",
                        "'ANN'",
                        "'äÄ'"),
                with(List.of("CREATE EXTENSION hstore"), "hstore", "'a=>1, b=>NULL'", "''", "'b=>\"\", a=>2'"),
                of("json", "'{}'", "'{ }'", "'{\"a\": 1, \"a\": 2}'", "'null'"),
                of("numeric", "1.0", "1.000", "'NaN'", "'-Infinity'", "1e-300"),
                of("interval", "'1 month'", "'30 days'", "'720:00:00'", "'-1 mon +1 day'"),
                of("box", "'(0,0),(1,4)'", "'(5,5),(7,7)'", "'(1,1),(3,3)'"),
                of("point", "'(1,2)'", "'(1,2.0000000001)'", "'(NaN,0)'"),
                of("int[]", "'{}'", "'{1,NULL,3}'", "'[0:1]={1,2}'", "'{{1,2},{3,4}}'"),
                of("text[]", "'{}'", "'{NULL}'", "'{\"NULL\",\"a,b\"}'", "ARRAY[" + LARGE.formatted("x") + "]"),
                with(
                        List.of("CREATE TYPE place AS (street text, n int)", "ALTER TYPE place ADD ATTRIBUTE zip text"),
                        "place",
                        "'(\"High St\",1,)'",
                        "'(,,)'",
                        "'(x,2,\"(1,2)\")'"),
                with(List.of("CREATE TYPE pair AS (a text)"), "pair", "'(x)'", "'()'", "'(\"(y)\")'"),
                with(
                        List.of("CREATE TYPE stop AS (street text, n int)"),
                        "stop[]",
                        "'{\"(a,1)\",\"(b,)\"}'",
                        "'{}'",
                        "'{NULL}'"),
                with(
                        List.of("CREATE TYPE part AS (a int, b int)", "CREATE DOMAIN whole AS part"),
                        "whole",
                        "'(1,2)'",
                        "'(,)'"),
                with(List.of("CREATE DOMAIN plain AS varchar(9)"), "plain", "'a'", "'A'", "'ABCDEFGHI'"),
                with(
                        List.of("CREATE TYPE \"Mood of 'X'\" AS ENUM ('sad', 'happy')"),
                        "\"Mood of 'X'\"",
                        "'sad'",
                        "'happy'"),
                of("bytea", "'\\x00ff'", "''", "'\\x00'"),
                of("text", LARGE.formatted("a"), LARGE.formatted("b"), "''", "' '"),
                of("xml", "'<a/>'", "'<a></a>'", "'text'"),
                of("double precision", "'NaN'", "'-0'", "0", "1e-310", "'Infinity'"),
                of("timestamptz", "'2026-03-29 02:30+01'", "'infinity'", "'0044-03-15 12:00:00+00 BC'"),
                of("char(5)", "'a'", "'a    '", "''"),
                of("varbit", "B''", "B'0'", "B'00'"),
                of("nummultirange", "'{}'", "'{[1.0,2],[3,4)}'", "'{[1,2],[3,4)}'"),
                of("tsvector", "'a:1A b'", "''", "'a b'"));
    }

    /** The others. */
    static List<TypeSample> others() {
        return List.of(
                of("jsonb", "'{}'", "'{\"n\": 1.0}'", "'{\"n\": 1.00}'", "'null'"),
                of("numeric(10,2)", "1.00", "-0.01", "'NaN'"),
                of("polygon", "'((0,0),(1,0),(0,1))'", "'((0,1),(0,0),(1,0))'"),
                of("real", "'-0'", "0", "'1.1'"),
                of("timestamp(0)", "'2026-03-29 02:30'", "'-infinity'"),
                of("timetz", "'12:00+01'", "'11:00+00'"),
                of("\"char\"", "'x'", "''"),
                of("name", "'x'", "''"),
                of("bit(3)", "B'101'", "B'000'"),
                of("int4range", "'empty'", "'[1,2]'", "'(,)'"),
                of("inet", "'10.0.0.1/8'", "'10.0.0.1'", "'::1'"),
                of("money", "1.25", "-1"),
                of("regclass", "'pg_class'", "'pg_type'"),
                of("uuid", "'00000000-0000-0000-0000-000000000001'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"),
                of("boolean", "true", "false"));
    }

    @Override
    public String toString() {
        return type;
    }
}
