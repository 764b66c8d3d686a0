-- Entrance: a transaction asks, as the first thing, which shapes are its own; announcements are told at once.

SET LOCAL lock_timeout = '5s';

ALTER TABLE ${schema}.instance
    ADD COLUMN advances boolean NOT NULL DEFAULT false,
    ADD COLUMN enters   boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN ${schema}.instance.advances IS 'Whether it takes migrations forward in the background.';
COMMENT ON COLUMN ${schema}.instance.enters IS 'Whether its transactions begin with enter().';

CREATE SEQUENCE ${schema}.table_changes;
COMMENT ON SEQUENCE ${schema}.table_changes IS 'How often phases that change tables have ended.';

CREATE INDEX migration_at_work ON ${schema}.migration (target)
    WHERE status = 'RUNNING' AND phase IN ('EXPAND', 'CONTRACT', 'PURGE');

CREATE OR REPLACE FUNCTION ${schema}.announce_shape() RETURNS trigger LANGUAGE plpgsql AS $fn$
BEGIN
    NEW.shape := CASE
        WHEN NEW.phase IN ('CONTRACT', 'PURGE') OR (NEW.phase = 'VALIDATE' AND NEW.status = 'COMPLETE') THEN 'NEW'
        ELSE 'OLD' END;
    IF TG_OP = 'UPDATE' AND NEW.shape <> OLD.shape THEN
        NEW.epoch := OLD.epoch + 1;
        NEW.announced_at := pg_catalog.clock_timestamp();
        PERFORM pg_catalog.pg_notify(TG_TABLE_SCHEMA, '');
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.phase = 'CONTRACT' AND NEW.phase = 'VALIDATE' THEN
        DELETE FROM ${schema}.retired_use AS u WHERE u.target = NEW.target AND u.migration = NEW.migration;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status = 'RUNNING' AND OLD.phase IN ('EXPAND', 'CONTRACT', 'PURGE')
            AND (NEW.status, NEW.phase) <> (OLD.status, OLD.phase) THEN
        -- Tables have changed: what sessions have prepared before may be of no use any more.
        PERFORM pg_catalog.nextval(pg_catalog.format('%I.table_changes', TG_TABLE_SCHEMA)::pg_catalog.regclass);
    END IF;
    RETURN NEW;
END
$fn$;

CREATE OR REPLACE FUNCTION ${schema}.heartbeat(
    for_target text, of_instance text, time_to_live interval, acknowledged text[], epochs bigint[])
    RETURNS TABLE (migration text, phase text, status text, direction text, shape text, epoch bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $fn$
BEGIN
    UPDATE ${schema}.instance AS i
        SET heartbeat_at = pg_catalog.clock_timestamp(), expires_at = pg_catalog.clock_timestamp() + time_to_live
        WHERE i.target = for_target AND i.instance = of_instance AND i.expires_at > pg_catalog.clock_timestamp();
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'MG010',
            MESSAGE = pg_catalog.concat('The lease of instance ', of_instance, ' has run out; it has to register again.');
    END IF;
    -- An acknowledgement is seen when it is committed, and until then enter() answers by the one before: its time is that of
    -- the next sign of life.
    UPDATE ${schema}.instance_migration AS k
        SET acknowledged_at = pg_catalog.clock_timestamp()
        WHERE k.target = for_target AND k.instance = of_instance AND k.acknowledged_at = 'infinity';
    IF pg_catalog.cardinality(acknowledged) > 0 THEN
        UPDATE ${schema}.instance_migration AS k
            SET acknowledged_epoch = a.epoch, acknowledged_at = 'infinity'
            FROM unnest(acknowledged, epochs) AS a (migration, epoch)
            WHERE k.target = for_target AND k.instance = of_instance AND k.migration = a.migration
                AND k.acknowledged_epoch < a.epoch;
    END IF;
    RETURN QUERY
        SELECT m.migration, m.phase, m.status, m.direction, m.shape, m.epoch
        FROM ${schema}.instance_migration AS k JOIN ${schema}.migration AS m USING (target, migration)
        WHERE k.target = for_target AND k.instance = of_instance;
END
$fn$;
COMMENT ON COLUMN ${schema}.instance_migration.acknowledged_at IS 'When that was certain; its transactions from before may still be under way. Infinity: between the acknowledgement and the next sign of life.';

CREATE FUNCTION ${schema}.start_instance(
    for_target text, new_instance text, of_release text, time_to_live interval, may_advance boolean, will_enter boolean,
    known text[], checksums text[], shapes text[])
    RETURNS TABLE (
        migration text, checksum text, definition text, phase text, status text, direction text, shape text, epoch bigint,
        retires boolean, contracted boolean)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $fn$
DECLARE
    again boolean := EXISTS (SELECT FROM ${schema}.instance AS i WHERE i.target = for_target AND i.instance = new_instance);
BEGIN
    -- Before the query takes its snapshot: who is just contracting is waited for here.
    PERFORM 1 FROM ${schema}.migration AS m WHERE m.target = for_target ORDER BY m.migration FOR SHARE;
    RETURN QUERY
        SELECT r.migration, r.checksum, CASE WHEN r.checksum = ANY (checksums) THEN '' ELSE r.definition END,
            r.phase, r.status, r.direction, r.shape, r.epoch, r.retires,
            r.phase = 'PURGE' OR r.phase = 'CONTRACT' AND (r.status = 'COMPLETE' OR EXISTS (
                SELECT FROM ${schema}.step AS s
                WHERE s.target = for_target AND s.migration = r.migration AND s.phase = 'CONTRACT' AND s.status <> 'PLANNED'))
        FROM ${schema}.register_instance(for_target, new_instance, of_release, time_to_live, known, checksums, shapes) AS r;
    UPDATE ${schema}.instance AS i SET advances = may_advance, enters = will_enter
        WHERE i.target = for_target AND i.instance = new_instance;
    IF again THEN
        -- Until this is committed, enter() may answer by what the instance was before, as with an acknowledgement.
        UPDATE ${schema}.instance_migration AS k SET acknowledged_at = 'infinity'
            WHERE k.target = for_target AND k.instance = new_instance;
    END IF;
END
$fn$;
COMMENT ON FUNCTION ${schema}.start_instance(text, text, text, interval, boolean, boolean, text[], text[], text[]) IS 'Registers an instance and says where all migrations stand, with the definition of those of which it has another; until the transaction ends, none of them moves.';

CREATE OR REPLACE FUNCTION ${schema}.unregister_instance(for_target text, of_instance text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $fn$
    -- It stays known, for the transactions that it may have begun before.
    UPDATE ${schema}.instance AS i SET expires_at = pg_catalog.clock_timestamp()
        WHERE i.target = for_target AND i.instance = of_instance AND i.expires_at > pg_catalog.clock_timestamp()
$fn$;

CREATE FUNCTION ${schema}.will_enter(for_target text, of_instance text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $fn$
    UPDATE ${schema}.instance AS i SET enters = true WHERE i.target = for_target AND i.instance = of_instance
$fn$;
COMMENT ON FUNCTION ${schema}.will_enter(text, text) IS 'From now on, transactions of an instance begin with enter().';

CREATE FUNCTION ${schema}.leads(for_target text, of_instance text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $fn$
    SELECT of_instance = (
        SELECT i.instance FROM ${schema}.instance AS i
        WHERE i.target = for_target AND i.advances AND i.expires_at > pg_catalog.clock_timestamp()
        ORDER BY ${schema}.release_number(i.release) DESC, i.registered_at, i.instance COLLATE "C" LIMIT 1)
$fn$;
COMMENT ON FUNCTION ${schema}.leads(text, text) IS 'Whether it is this instance, among those that take migrations forward, whose turn it is to look whether a gate has opened.';

CREATE FUNCTION ${schema}.enter(for_target text, of_instance text) RETURNS TABLE (changed text[], unprepared boolean, table_changes bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $fn$
BEGIN
    IF NOT EXISTS (
            SELECT FROM ${schema}.instance AS i
            WHERE i.target = for_target AND i.instance = of_instance AND i.expires_at > pg_catalog.clock_timestamp()) THEN
        RAISE EXCEPTION USING ERRCODE = 'serialization_failure',
            MESSAGE = pg_catalog.concat('Instance ', of_instance, ' does not count as live: its lease has run out, so no shape'
                ' of the schema is promised to this transaction.'),
            HINT = 'Nothing of it was done. Try the transaction again; the instance registers again by itself.';
    END IF;
    -- Each announcement is the other shape.
    RETURN QUERY
        SELECT ARRAY(
                SELECT k.migration
                FROM ${schema}.instance_migration AS k JOIN ${schema}.migration AS m USING (target, migration)
                WHERE k.target = for_target AND k.instance = of_instance AND k.uses = 'BOTH'
                    AND (m.shape = 'NEW') = ((m.epoch - k.acknowledged_epoch) % 2 = 0)),
            EXISTS (
                SELECT FROM ${schema}.migration AS m
                WHERE m.target = for_target AND m.status = 'RUNNING' AND m.phase IN ('EXPAND', 'CONTRACT', 'PURGE')),
            c.last_value
        FROM ${schema}.table_changes AS c;
END
$fn$;
COMMENT ON FUNCTION ${schema}.enter(text, text) IS 'The first statement of a transaction: error 40001 if its instance is not live; else of which migrations it uses the new shape, whether it has to do without prepared statements since tables are about to change, and how often they have changed.';

-------------------------------------------------------------------------------------------------------- retired_use

CREATE TABLE ${schema}.retired_use (
    target      text        NOT NULL,
    migration   text        NOT NULL,
    release     text        NOT NULL,
    role        text        NOT NULL DEFAULT session_user,
    application text        NOT NULL DEFAULT pg_catalog.current_setting('application_name'),
    sqlstate    text        NOT NULL,
    message     text        NOT NULL,
    instance    text        NOT NULL,
    times       bigint      NOT NULL CHECK (times >= 0),
    first_at    timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    last_at     timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    PRIMARY KEY (target, migration, release, role, application, sqlstate, message)
);
COMMENT ON TABLE ${schema}.retired_use IS 'Statements of the application that named a shape after it was retired, and failed.';
COMMENT ON COLUMN ${schema}.retired_use.target IS 'What is migrated: the database.';
COMMENT ON COLUMN ${schema}.retired_use.migration IS 'The migration that has retired it.';
COMMENT ON COLUMN ${schema}.retired_use.release IS 'The release of the application.';
COMMENT ON COLUMN ${schema}.retired_use.role IS 'The user of its sessions.';
COMMENT ON COLUMN ${schema}.retired_use.application IS 'The application_name of its sessions.';
COMMENT ON COLUMN ${schema}.retired_use.sqlstate IS '42703 (no such column) or 42P01 (no such table).';
COMMENT ON COLUMN ${schema}.retired_use.message IS 'The server''s message.';
COMMENT ON COLUMN ${schema}.retired_use.instance IS 'The instance that said so last.';
COMMENT ON COLUMN ${schema}.retired_use.times IS 'How often.';
COMMENT ON COLUMN ${schema}.retired_use.first_at IS 'When it was first told.';
COMMENT ON COLUMN ${schema}.retired_use.last_at IS 'When it was last told.';

CREATE FUNCTION ${schema}.retired_used(
    for_target text, by_instance text, of_migration text, with_sqlstate text, with_message text, so_often bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $fn$
DECLARE
    of_release text;
    in_phase   text;
BEGIN
    SELECT i.release, m.phase INTO of_release, in_phase
        FROM ${schema}.instance AS i JOIN ${schema}.migration AS m USING (target)
        WHERE i.target = for_target AND i.instance = by_instance AND m.migration = of_migration
            AND (m.phase = 'CONTRACT' AND m.status = 'COMPLETE' OR m.phase = 'PURGE')
        FOR SHARE OF m;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    INSERT INTO ${schema}.retired_use AS u (target, migration, release, sqlstate, message, instance, times)
        VALUES (for_target, of_migration, of_release, with_sqlstate, pg_catalog.left(with_message, 500), by_instance, 0)
        ON CONFLICT DO NOTHING;
    IF FOUND THEN
        INSERT INTO ${schema}.phase_event (target, migration, phase, event, release, instance, detail)
            VALUES (for_target, of_migration, in_phase, 'retired-use', of_release, by_instance,
                pg_catalog.concat(with_message, ' (', with_sqlstate, ')'));
    END IF;
    UPDATE ${schema}.retired_use AS u
        SET instance = by_instance, times = u.times + so_often, last_at = pg_catalog.clock_timestamp()
        WHERE u.target = for_target AND u.migration = of_migration AND u.release = of_release AND u.role = session_user
            AND u.application = pg_catalog.current_setting('application_name') AND u.sqlstate = with_sqlstate
            AND u.message = pg_catalog.left(with_message, 500);
END
$fn$;
COMMENT ON FUNCTION ${schema}.retired_used(text, text, text, text, text, bigint) IS 'Keeps that an instance has named a retired shape; only while it is retired.';

------------------------------------------------------------------------------------------------------ statement_use

CREATE TABLE ${schema}.statement_use (
    target    text        NOT NULL,
    migration text        NOT NULL,
    statement text        NOT NULL,
    times     bigint      NOT NULL CHECK (times > 0),
    last_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    PRIMARY KEY (target, migration, statement)
);
COMMENT ON TABLE ${schema}.statement_use IS 'Statements of instances whose transactions enter, that named what a migration takes away; as the instances count them.';
COMMENT ON COLUMN ${schema}.statement_use.target IS 'What is migrated: the database.';
COMMENT ON COLUMN ${schema}.statement_use.migration IS 'The migration that takes it away.';
COMMENT ON COLUMN ${schema}.statement_use.statement IS 'The beginning of the statement.';
COMMENT ON COLUMN ${schema}.statement_use.times IS 'How often it was executed.';
COMMENT ON COLUMN ${schema}.statement_use.last_at IS 'When that was last told.';

CREATE FUNCTION ${schema}.statements_used(
    for_target text, of_migrations text[], statements text[], so_often bigint[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $fn$
    INSERT INTO ${schema}.statement_use AS u (target, migration, statement, times)
        SELECT m.target, m.migration, n.statement, n.times
        FROM unnest(of_migrations, statements, so_often) AS n (migration, statement, times)
        JOIN ${schema}.migration AS m ON m.target = for_target AND m.migration = n.migration
        ORDER BY m.migration, n.statement
        ON CONFLICT (target, migration, statement) DO UPDATE
            SET times = u.times + excluded.times, last_at = excluded.last_at
$fn$;
COMMENT ON FUNCTION ${schema}.statements_used(text, text[], text[], bigint[]) IS 'Counts statements that named what a migration takes away.';

CREATE OR REPLACE FUNCTION ${schema}.state_version() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 4';
