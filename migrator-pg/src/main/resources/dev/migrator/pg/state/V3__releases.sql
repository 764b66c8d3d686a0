-- Releases: live instances of the application say which shape of each migration they use, and the gates know.

SET LOCAL lock_timeout = '5s';

------------------------------------------------------------------------------------------------------------ migration

ALTER TABLE ${schema}.migration
    ADD COLUMN shape        text        NOT NULL DEFAULT 'OLD' CHECK (shape IN ('OLD', 'NEW')),
    ADD COLUMN epoch        bigint      NOT NULL DEFAULT 0 CHECK (epoch >= 0),
    ADD COLUMN announced_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp();
COMMENT ON COLUMN ${schema}.migration.shape IS 'The shape that releases which bear both are to use: NEW from the end of VALIDATE on, OLD from when a rollback leaves it.';
COMMENT ON COLUMN ${schema}.migration.epoch IS 'How often that has changed; instances acknowledge the number.';
COMMENT ON COLUMN ${schema}.migration.announced_at IS 'When it last changed.';

CREATE FUNCTION ${schema}.announce_shape() RETURNS trigger LANGUAGE plpgsql AS $fn$
BEGIN
    NEW.shape := CASE
        WHEN NEW.phase IN ('CONTRACT', 'PURGE') OR (NEW.phase = 'VALIDATE' AND NEW.status = 'COMPLETE') THEN 'NEW'
        ELSE 'OLD' END;
    IF TG_OP = 'UPDATE' AND NEW.shape <> OLD.shape THEN
        NEW.epoch := OLD.epoch + 1;
        NEW.announced_at := pg_catalog.clock_timestamp();
    END IF;
    RETURN NEW;
END
$fn$;
COMMENT ON FUNCTION ${schema}.announce_shape() IS 'Trigger: which shape follows from where a migration stands.';
CREATE TRIGGER announce BEFORE INSERT OR UPDATE ON ${schema}.migration
    FOR EACH ROW EXECUTE FUNCTION ${schema}.announce_shape();
ALTER TABLE ${schema}.migration ENABLE ALWAYS TRIGGER announce;
UPDATE ${schema}.migration SET phase = phase;

------------------------------------------------------------------------------------------- instance, instance_migration

-- No version before this one has written to it.
DROP TABLE ${schema}.instance;

CREATE TABLE ${schema}.instance (
    target        text        NOT NULL,
    instance      text        NOT NULL,
    release       text        NOT NULL,
    role          text        NOT NULL DEFAULT session_user,
    application   text        NOT NULL DEFAULT pg_catalog.current_setting('application_name'),
    registered_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    heartbeat_at  timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    expires_at    timestamptz NOT NULL,
    PRIMARY KEY (target, instance)
) WITH (fillfactor = 50);
COMMENT ON TABLE ${schema}.instance IS 'Application instances that say that they are alive. One whose lease has run out counts no more, whatever it thinks, but for transactions that it may have begun before; after a day it is forgotten.';
COMMENT ON COLUMN ${schema}.instance.target IS 'The database that it uses.';
COMMENT ON COLUMN ${schema}.instance.instance IS 'The process: host/pid/uuid.';
COMMENT ON COLUMN ${schema}.instance.release IS 'Its release.';
COMMENT ON COLUMN ${schema}.instance.role IS 'The user of its sessions.';
COMMENT ON COLUMN ${schema}.instance.application IS 'The application_name of its sessions.';
COMMENT ON COLUMN ${schema}.instance.registered_at IS 'When it registered.';
COMMENT ON COLUMN ${schema}.instance.heartbeat_at IS 'Its last sign of life.';
COMMENT ON COLUMN ${schema}.instance.expires_at IS 'When its lease runs out unless it gives another one.';

CREATE TABLE ${schema}.instance_migration (
    target             text        NOT NULL,
    instance           text        NOT NULL,
    migration          text        NOT NULL,
    checksum           text        NOT NULL,
    uses               text        NOT NULL CHECK (uses IN ('OLD', 'NEW', 'BOTH')),
    acknowledged_epoch bigint      NOT NULL,
    acknowledged_at    timestamptz NOT NULL,
    PRIMARY KEY (target, instance, migration),
    FOREIGN KEY (target, instance) REFERENCES ${schema}.instance ON DELETE CASCADE
) WITH (fillfactor = 50);
COMMENT ON TABLE ${schema}.instance_migration IS 'The migrations that an instance knows, and what it makes of each.';
COMMENT ON COLUMN ${schema}.instance_migration.target IS 'The database that it uses.';
COMMENT ON COLUMN ${schema}.instance_migration.instance IS 'The instance.';
COMMENT ON COLUMN ${schema}.instance_migration.migration IS 'The migration''s id.';
COMMENT ON COLUMN ${schema}.instance_migration.checksum IS 'Checksum of the definition that the instance knows.';
COMMENT ON COLUMN ${schema}.instance_migration.uses IS 'The shape that its code uses; BOTH: the one that is announced.';
COMMENT ON COLUMN ${schema}.instance_migration.acknowledged_epoch IS 'The last announcement by which it works.';
COMMENT ON COLUMN ${schema}.instance_migration.acknowledged_at IS 'When it said so; its transactions from before may still be under way.';

CREATE FUNCTION ${schema}.register_instance(
    for_target text, new_instance text, of_release text, time_to_live interval,
    known text[], checksums text[], shapes text[])
    RETURNS TABLE (
        migration text, checksum text, definition text, phase text, status text, direction text, shape text, epoch bigint,
        retires boolean)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $fn$
BEGIN
    -- Whoever takes a shape away locks the migration's row first, and looks at the instances after that.
    PERFORM 1 FROM ${schema}.migration AS m WHERE m.target = for_target ORDER BY m.migration FOR SHARE;
    DELETE FROM ${schema}.instance AS i
        WHERE i.target = for_target
            AND (i.instance = new_instance OR i.expires_at < pg_catalog.clock_timestamp() - interval '1 day');
    INSERT INTO ${schema}.instance (target, instance, release, expires_at)
        VALUES (for_target, new_instance, of_release, pg_catalog.clock_timestamp() + time_to_live);
    -- It begins by what it is told here.
    INSERT INTO ${schema}.instance_migration
            (target, instance, migration, checksum, uses, acknowledged_epoch, acknowledged_at)
        SELECT for_target, new_instance, k.migration, k.checksum, k.uses, COALESCE(m.epoch, 0), pg_catalog.clock_timestamp()
        FROM unnest(known, checksums, shapes) AS k (migration, checksum, uses)
        LEFT JOIN ${schema}.migration AS m ON m.target = for_target AND m.migration = k.migration;
    RETURN QUERY
        SELECT m.migration, m.checksum, m.definition, m.phase, m.status, m.direction, m.shape, m.epoch, EXISTS (
            SELECT FROM ${schema}.step AS s
            WHERE s.target = m.target AND s.migration = m.migration AND 'RETIRES' = ANY (s.effects))
        FROM ${schema}.migration AS m WHERE m.target = for_target ORDER BY m.migration COLLATE "C";
END
$fn$;
COMMENT ON FUNCTION ${schema}.register_instance(text, text, text, interval, text[], text[], text[]) IS 'Registers an instance and says where all migrations stand; until the transaction ends, none of them moves.';

CREATE FUNCTION ${schema}.heartbeat(
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
    IF pg_catalog.cardinality(acknowledged) > 0 THEN
        UPDATE ${schema}.instance_migration AS k
            SET acknowledged_epoch = a.epoch, acknowledged_at = pg_catalog.clock_timestamp()
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
COMMENT ON FUNCTION ${schema}.heartbeat(text, text, interval, text[], bigint[]) IS 'A sign of life with acknowledgements; says where the migrations stand that the instance knows. Error MG010 if its lease has run out.';

CREATE FUNCTION ${schema}.unregister_instance(for_target text, of_instance text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $fn$
    DELETE FROM ${schema}.instance AS i WHERE i.target = for_target AND i.instance = of_instance
$fn$;
COMMENT ON FUNCTION ${schema}.unregister_instance(text, text) IS 'An instance has stopped.';

CREATE FUNCTION ${schema}.release_number(release text) RETURNS numeric[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $fn$
    SELECT ARRAY(
        SELECT part[1]::pg_catalog.numeric
        FROM pg_catalog.regexp_matches(release, '[0-9]+', 'g') WITH ORDINALITY AS found (part, place)
        ORDER BY found.place)
$fn$;
COMMENT ON FUNCTION ${schema}.release_number(text) IS 'The numbers in a release''s name, by which releases are compared.';

CREATE FUNCTION ${schema}.instances_needing(
    for_target text, for_migration text, for_checksum text, taken text, minimum text)
    RETURNS TABLE (instance text, release text, why text) LANGUAGE sql AS $fn$
    SELECT i.instance, i.release, CASE
            WHEN taken <> 'NEW' AND k.uses IS NULL THEN 'does not know the migration'
            WHEN taken <> 'NEW' AND k.checksum <> for_checksum THEN 'knows the migration with another content'
            WHEN k.uses = taken THEN pg_catalog.concat('uses the ', pg_catalog.lower(taken), ' shape')
            WHEN k.uses = 'BOTH' AND m.shape <> taken AND k.acknowledged_epoch < m.epoch
                THEN pg_catalog.concat('has not acknowledged the ', pg_catalog.lower(m.shape), ' shape, announced at ',
                    m.announced_at)
            WHEN taken <> 'NEW' AND ${schema}.release_number(i.release) < ${schema}.release_number(minimum)
                THEN pg_catalog.concat('is older than ', minimum)
            END
    FROM ${schema}.instance AS i
    JOIN ${schema}.migration AS m ON m.target = i.target AND m.migration = for_migration
    LEFT JOIN ${schema}.instance_migration AS k
        ON k.target = i.target AND k.instance = i.instance AND k.migration = m.migration
    WHERE i.target = for_target AND i.expires_at > pg_catalog.clock_timestamp()
    ORDER BY i.instance COLLATE "C"
$fn$;
COMMENT ON FUNCTION ${schema}.instances_needing(text, text, text, text, text) IS 'The live instances, each with why a shape can''t be taken away because of it; NULL: it can.';

CREATE FUNCTION ${schema}.ensure_released(
    for_target text, for_migration text, for_checksum text, taken text, minimum text) RETURNS void
    LANGUAGE plpgsql AS $fn$
DECLARE
    needing text;
BEGIN
    -- From here on nobody registers before this transaction ends; who is doing so now is waited for.
    PERFORM 1 FROM ${schema}.migration AS m WHERE m.target = for_target AND m.migration = for_migration
        FOR NO KEY UPDATE;
    -- Who is late has to register again; a heartbeat that is under way is waited for, and counts if it was in time.
    PERFORM 1 FROM ${schema}.instance AS i
        WHERE i.target = for_target AND i.expires_at <= pg_catalog.clock_timestamp() FOR UPDATE;
    SELECT pg_catalog.string_agg(pg_catalog.concat(n.instance, ' (release ', n.release, ') ', n.why), '; ') INTO needing
        FROM ${schema}.instances_needing(for_target, for_migration, for_checksum, taken, minimum) AS n
        WHERE n.why IS NOT NULL;
    IF needing IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MG009', MESSAGE = needing;
    END IF;
END
$fn$;
COMMENT ON FUNCTION ${schema}.ensure_released(text, text, text, text, text) IS 'Error MG009 if a live instance needs a shape that is about to be taken away; until the transaction ends, none registers.';

---------------------------------------------------------------------------------------------------------- gate_answer

CREATE TABLE ${schema}.gate_answer (
    target    text        NOT NULL,
    migration text        NOT NULL,
    phase     text        NOT NULL CHECK (phase IN ('EXPAND', 'BACKFILL', 'VALIDATE', 'CONTRACT', 'PURGE')),
    direction text        NOT NULL CHECK (direction IN ('FORWARD', 'ROLLING_BACK')),
    place     integer     NOT NULL CHECK (place >= 0),
    gate      text        NOT NULL,
    verdict   text        NOT NULL CHECK (verdict IN ('PASS', 'WAIT', 'REFUSE', 'UNKNOWN')),
    reason    text        NOT NULL,
    data      jsonb       NOT NULL DEFAULT '{}',
    since     timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    asked_at  timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    PRIMARY KEY (target, migration, phase, direction, place)
);
COMMENT ON TABLE ${schema}.gate_answer IS 'What each gate said when it was last asked.';
COMMENT ON COLUMN ${schema}.gate_answer.target IS 'What is migrated: the database.';
COMMENT ON COLUMN ${schema}.gate_answer.migration IS 'The migration''s id.';
COMMENT ON COLUMN ${schema}.gate_answer.phase IS 'The phase that it lets begin, or be undone.';
COMMENT ON COLUMN ${schema}.gate_answer.direction IS 'Whether the migration was to go forward or back.';
COMMENT ON COLUMN ${schema}.gate_answer.place IS 'Its place among the gates of that phase, from 0.';
COMMENT ON COLUMN ${schema}.gate_answer.gate IS 'Its name.';
COMMENT ON COLUMN ${schema}.gate_answer.verdict IS 'PASS, WAIT, REFUSE (waiting alone will not open it) or UNKNOWN (it could not be asked).';
COMMENT ON COLUMN ${schema}.gate_answer.reason IS 'Why, for people.';
COMMENT ON COLUMN ${schema}.gate_answer.data IS 'Why, for machines.';
COMMENT ON COLUMN ${schema}.gate_answer.since IS 'Since when the verdict is the same.';
COMMENT ON COLUMN ${schema}.gate_answer.asked_at IS 'When it was last asked.';

CREATE FUNCTION ${schema}.gate_answered(
    for_target text, for_migration text, for_phase text, in_direction text, at_place integer, of_gate text,
    new_verdict text, new_reason text, new_data jsonb, of_release text, by_instance text) RETURNS void
    LANGUAGE plpgsql AS $fn$
DECLARE
    known ${schema}.gate_answer;
BEGIN
    SELECT a.* INTO known FROM ${schema}.gate_answer AS a
        WHERE a.target = for_target AND a.migration = for_migration AND a.phase = for_phase
            AND a.direction = in_direction AND a.place = at_place
        FOR UPDATE;
    IF FOUND AND known.gate = of_gate AND known.verdict = new_verdict THEN
        UPDATE ${schema}.gate_answer AS a
            SET reason = new_reason, data = new_data, asked_at = pg_catalog.clock_timestamp()
            WHERE a.target = for_target AND a.migration = for_migration AND a.phase = for_phase
                AND a.direction = in_direction AND a.place = at_place;
        RETURN;
    END IF;
    INSERT INTO ${schema}.gate_answer AS a
            (target, migration, phase, direction, place, gate, verdict, reason, data)
        VALUES (for_target, for_migration, for_phase, in_direction, at_place, of_gate, new_verdict, new_reason, new_data)
        ON CONFLICT (target, migration, phase, direction, place) DO UPDATE
            SET gate = excluded.gate, verdict = excluded.verdict, reason = excluded.reason, data = excluded.data,
                since = pg_catalog.clock_timestamp(), asked_at = pg_catalog.clock_timestamp();
    INSERT INTO ${schema}.phase_event (target, migration, phase, event, release, instance, detail)
        VALUES (for_target, for_migration, for_phase, pg_catalog.concat('gate-', pg_catalog.lower(new_verdict)),
            of_release, by_instance, pg_catalog.concat(of_gate, ': ', new_reason));
END
$fn$;
COMMENT ON FUNCTION ${schema}.gate_answered(text, text, text, text, integer, text, text, text, jsonb, text, text) IS 'Keeps what a gate says; a line of history if it says something else than before.';

CREATE OR REPLACE FUNCTION ${schema}.state_version() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 3';
