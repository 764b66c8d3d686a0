-- Backfills with many workers, in many processes: each range has a lease, each worker a row in which it says what it does.

SET LOCAL lock_timeout = '5s';

------------------------------------------------------------------------------------------------------- backfill_chunk

ALTER TABLE ${schema}.backfill_chunk
    DROP COLUMN next_stripe,
    ADD COLUMN visit integer NOT NULL DEFAULT 1,
    ADD COLUMN hot   bigint  NOT NULL DEFAULT 0;
COMMENT ON COLUMN ${schema}.backfill_chunk.next_block IS 'How far it has come, in blocks: each pass over the range counts for its part of them.';
COMMENT ON COLUMN ${schema}.backfill_chunk.visit IS 'How often a worker has come to the range to fill it; more than once where rows were left.';
COMMENT ON COLUMN ${schema}.backfill_chunk.hot IS 'Of the rows handled, those whose new version found room on its page, so that no index had to be written.';

-- The ranges that are left are few among many.
CREATE INDEX backfill_chunk_open ON ${schema}.backfill_chunk (target, migration, ordinal, visit, chunk) WHERE NOT done;

------------------------------------------------------------------------------------------------------ backfill_worker

CREATE TABLE ${schema}.backfill_worker (
    target     text             NOT NULL,
    migration  text             NOT NULL,
    ordinal    integer          NOT NULL,
    worker     text             NOT NULL,
    started_at timestamptz      NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    seen_at    timestamptz      NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    pace       text             NOT NULL DEFAULT 'NORMAL' CHECK (pace IN ('NORMAL', 'SLOW', 'STOPPED')),
    factor     double precision NOT NULL DEFAULT 1,
    reason     text             NOT NULL DEFAULT '',
    until      timestamptz,
    batch      interval,
    notes      text[]           NOT NULL DEFAULT '{}',
    PRIMARY KEY (target, migration, ordinal, worker),
    FOREIGN KEY (target, migration, ordinal) REFERENCES ${schema}.step
) WITH (fillfactor = 50);
COMMENT ON TABLE ${schema}.backfill_worker IS 'Who works on a backfill now, and how; nothing depends on it but what people see.';
COMMENT ON COLUMN ${schema}.backfill_worker.target IS 'What is migrated: the database.';
COMMENT ON COLUMN ${schema}.backfill_worker.migration IS 'The migration''s id.';
COMMENT ON COLUMN ${schema}.backfill_worker.ordinal IS 'The step.';
COMMENT ON COLUMN ${schema}.backfill_worker.worker IS 'The worker: host/pid/uuid and its number in that process.';
COMMENT ON COLUMN ${schema}.backfill_worker.started_at IS 'When it began.';
COMMENT ON COLUMN ${schema}.backfill_worker.seen_at IS 'Its last sign of life.';
COMMENT ON COLUMN ${schema}.backfill_worker.pace IS 'What the throttle says: NORMAL, SLOW (pauses between batches) or STOPPED.';
COMMENT ON COLUMN ${schema}.backfill_worker.factor IS 'By how much it is slower than it could be.';
COMMENT ON COLUMN ${schema}.backfill_worker.reason IS 'Why it is not at full pace.';
COMMENT ON COLUMN ${schema}.backfill_worker.until IS 'When it may go on; NULL: when the reason is gone.';
COMMENT ON COLUMN ${schema}.backfill_worker.batch IS 'How long its last batches held their row locks, on average.';
COMMENT ON COLUMN ${schema}.backfill_worker.notes IS 'What else people should know, e.g. who holds back the removal of dead rows.';

---------------------------------------------------------------------------------------------------------------- fence

-- With many workers there may be no moment at which none of them holds the token's row FOR SHARE, and whoever wants that row
-- for an update would wait for ever: a shared lock is given although somebody waits for an exclusive one. An advisory lock is
-- not: those who come later queue behind.

CREATE FUNCTION ${schema}.turnstile(for_target text, for_migration text) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $fn$
    SELECT pg_catalog.hashtextextended('migrator ' || for_target || ' ' || for_migration, 20260101)
$fn$;
COMMENT ON FUNCTION ${schema}.turnstile(text, text) IS 'The advisory lock of a migration''s lease, held in transactions only: shared by those who work under its token, alone by those who want the next one.';

CREATE OR REPLACE FUNCTION ${schema}.fence(for_target text, for_migration text, held_token bigint) RETURNS void
    LANGUAGE plpgsql AS $fn$
BEGIN
    PERFORM pg_catalog.pg_advisory_xact_lock_shared(${schema}.turnstile(for_target, for_migration));
    PERFORM 1 FROM ${schema}.lease AS l
        WHERE l.target = for_target AND l.migration = for_migration AND l.token = held_token
        FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'MG001',
            MESSAGE = pg_catalog.concat('Migration ', for_migration, ': token ', held_token,
                ' is not the newest one. Nothing was changed.');
    END IF;
END
$fn$;

CREATE FUNCTION ${schema}.hold_chunk(
    for_target text, for_migration text, for_ordinal integer, held_chunk integer, held_by text) RETURNS void
    LANGUAGE plpgsql AS $fn$
BEGIN
    PERFORM 1 FROM ${schema}.backfill_chunk AS c
        WHERE c.target = for_target AND c.migration = for_migration AND c.ordinal = for_ordinal
            AND c.chunk = held_chunk AND c.owner = held_by AND NOT c.done
        FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'MG007',
            MESSAGE = pg_catalog.concat('Migration ', for_migration, ', step ', for_ordinal, ': range ', held_chunk,
                ' does not belong to ', held_by, ' any more. Nothing was changed.');
    END IF;
END
$fn$;
COMMENT ON FUNCTION ${schema}.hold_chunk(text, text, integer, integer, text) IS 'Error MG007 unless the worker has the range; until the transaction ends, no other one can take it.';

CREATE OR REPLACE FUNCTION ${schema}.state_version() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 2';
