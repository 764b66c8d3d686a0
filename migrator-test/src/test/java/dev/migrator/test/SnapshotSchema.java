package dev.migrator.test;

/** A schema with one of everything that a snapshot shows, on PostgreSQL 14 to 18; made by a superuser. */
final class SnapshotSchema {

    static final String[] STATEMENTS = {
        "CREATE SCHEMA app",
        "CREATE EXTENSION citext SCHEMA app",
        "CREATE TYPE app.mood AS ENUM ('sad', 'ok')",
        "CREATE DOMAIN app.positive AS int CONSTRAINT above_zero CHECK (VALUE > 0)",
        "CREATE TYPE app.address AS (street text, city text)",
        "CREATE TYPE app.span AS RANGE (subtype = int)",
        "CREATE SEQUENCE app.counter",
        "CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE FUNCTION app.twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n * 2'",
        "CREATE AGGREGATE app.total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0')",
        """
        CREATE TABLE app.users (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            name text NOT NULL DEFAULT 'nobody',
            email app.citext UNIQUE,
            feeling app.mood,
            doubled int GENERATED ALWAYS AS (length('x') * 2) STORED,
            age app.positive,
            since timestamptz DEFAULT now(),
            CONSTRAINT named CHECK (name <> ''))""",
        "CREATE TABLE app.orders (id int PRIMARY KEY, user_id bigint, n int, note text)",
        "ALTER TABLE app.orders ADD CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES app.users",
        "ALTER TABLE app.orders ADD CONSTRAINT later CHECK (n > 0) NOT VALID",
        "CREATE UNIQUE INDEX by_note ON app.orders (note) WHERE n > 0",
        "CREATE INDEX by_length ON app.users ((length(name)))",
        "CREATE TRIGGER touched BEFORE UPDATE ON app.users FOR EACH ROW EXECUTE FUNCTION app.touch()",
        "CREATE RULE quiet AS ON DELETE TO app.orders DO INSTEAD NOTHING",
        "CREATE POLICY own ON app.users FOR SELECT USING (name = current_user)",
        "CREATE STATISTICS app.together (dependencies) ON n, note FROM app.orders",
        "CREATE VIEW app.people AS SELECT id, name FROM app.users",
        "CREATE MATERIALIZED VIEW app.sums AS SELECT sum(n) AS total FROM app.orders",
        "CREATE TABLE app.events (id int, day date NOT NULL) PARTITION BY RANGE (day)",
        "CREATE TABLE app.events_2026 PARTITION OF app.events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
        "CREATE TABLE app.loose (id int, day date NOT NULL)",
        "CREATE PUBLICATION news FOR TABLE app.users",
        "CREATE COLLATION app.bytes (provider = libc, locale = 'C')"
    };

    private SnapshotSchema() {}
}
