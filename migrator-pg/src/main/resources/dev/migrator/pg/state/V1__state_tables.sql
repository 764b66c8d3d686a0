-- The state tables of the migrator. The one placeholder is the state schema's name, already quoted; every name is qualified
-- with it, so that the script means the same whatever the session's search_path says. It may hold a line break or a quote:
-- it does not stand in comments or in texts, and where it stands in a function's body, that is between $fn$.
-- The first column of every key, target, names what is migrated (the database, for now); the second is the migration's id.

SET LOCAL lock_timeout = '5s';

-- The library reads this function's body from the catalog, so that asking for the version is one query that can't fail,
-- whether the schema exists or not and whatever may be done in it. Each script replaces it, as its last word.
CREATE FUNCTION ${schema}.state_version() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 1';
COMMENT ON FUNCTION ${schema}.state_version() IS 'Version of this schema; the library reads the number from the body.';

-------------------------------------------------------------------------------------------------------------- migration

CREATE TABLE ${schema}.migration (
    target             text        NOT NULL,
    migration          text        NOT NULL,
    checksum           text        NOT NULL,
    definition         text        NOT NULL,
    resolved_schema    text        NOT NULL,
    library_version    text        NOT NULL,
    phase              text        NOT NULL CHECK (phase IN ('EXPAND', 'BACKFILL', 'VALIDATE', 'CONTRACT', 'PURGE')),
    status             text        NOT NULL
                       CHECK (status IN ('PENDING', 'RUNNING', 'WAITING', 'PAUSED', 'FAILED', 'COMPLETE')),
    direction          text        NOT NULL CHECK (direction IN ('FORWARD', 'ROLLING_BACK')),
    rollback_to        text        CHECK (rollback_to IN ('EXPAND', 'BACKFILL', 'VALIDATE', 'CONTRACT', 'PURGE')),
    error              text,
    waiting            text[]      NOT NULL DEFAULT '{}',
    fingerprint        text[]      NOT NULL,
    steps              integer     NOT NULL CHECK (steps >= 0),
    irreversible       text,
    started_at         timestamptz NOT NULL,
    phase_completed_at timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL,
    PRIMARY KEY (target, migration)
);
COMMENT ON TABLE ${schema}.migration IS 'One row for each migration that was started: where it stands. Every phase before "phase" is complete.';
COMMENT ON COLUMN ${schema}.migration.target IS 'What is migrated: the database.';
COMMENT ON COLUMN ${schema}.migration.migration IS 'The migration''s id: its file''s name without the ending.';
COMMENT ON COLUMN ${schema}.migration.checksum IS 'Checksum of the definition with which it was started.';
COMMENT ON COLUMN ${schema}.migration.definition IS 'The definition with which it was started, in canonical form.';
COMMENT ON COLUMN ${schema}.migration.resolved_schema IS 'The schema in which unqualified tables of the definition lie.';
COMMENT ON COLUMN ${schema}.migration.library_version IS 'Version of the library that made the plan.';
COMMENT ON COLUMN ${schema}.migration.phase IS 'The phase at which it stands.';
COMMENT ON COLUMN ${schema}.migration.status IS 'Its status within the phase.';
COMMENT ON COLUMN ${schema}.migration.direction IS 'Whether it walks forward or back.';
COMMENT ON COLUMN ${schema}.migration.rollback_to IS 'The phase whose completion a rollback walks back to; NULL: to before EXPAND.';
COMMENT ON COLUMN ${schema}.migration.error IS 'The last failure, NULL when there is none.';
COMMENT ON COLUMN ${schema}.migration.waiting IS 'Why it waits: gate, reason, gate, reason, ...';
COMMENT ON COLUMN ${schema}.migration.fingerprint IS 'The catalog objects that the plan relies on, one line each, as they were when a phase was last completed.';
COMMENT ON COLUMN ${schema}.migration.steps IS 'How many steps its plan has, by which a record that lacks some is known.';
COMMENT ON COLUMN ${schema}.migration.irreversible IS 'Why there is no way back from before PURGE; NULL when there is one.';
COMMENT ON COLUMN ${schema}.migration.started_at IS 'When it was started, the last time if it was started again after a rollback.';
COMMENT ON COLUMN ${schema}.migration.phase_completed_at IS 'When the last completed phase was completed; soak times count from here.';
COMMENT ON COLUMN ${schema}.migration.updated_at IS 'When this row was last written.';

-------------------------------------------------------------------------------------------------------- lease, control

CREATE TABLE ${schema}.lease (
    target    text   NOT NULL,
    migration text   NOT NULL,
    token     bigint NOT NULL CHECK (token >= 0),
    PRIMARY KEY (target, migration)
);
COMMENT ON TABLE ${schema}.lease IS 'The fence: every transaction of an engine locks this row FOR SHARE and checks the token first; a new token waits for them.';
COMMENT ON COLUMN ${schema}.lease.target IS 'What is migrated: the database.';
COMMENT ON COLUMN ${schema}.lease.migration IS 'The migration''s id.';
COMMENT ON COLUMN ${schema}.lease.token IS 'The newest token; it only grows, also over a rollback. 0: none was given out yet.';

CREATE TABLE ${schema}.control (
    target       text        NOT NULL,
    migration    text        NOT NULL,
    token        bigint      NOT NULL DEFAULT 0,
    settled_from bigint,
    owner        text        NOT NULL DEFAULT '',
    expires_at   timestamptz NOT NULL DEFAULT '-infinity',
    heartbeat_at timestamptz,
    paused       boolean     NOT NULL DEFAULT false,
    knobs        jsonb       NOT NULL DEFAULT '{}',
    PRIMARY KEY (target, migration)
);
COMMENT ON TABLE ${schema}.control IS 'Beside the lease, in a row of its own that a long step never locks: expiry, heartbeat, pause.';
COMMENT ON COLUMN ${schema}.control.target IS 'What is migrated: the database.';
COMMENT ON COLUMN ${schema}.control.migration IS 'The migration''s id.';
COMMENT ON COLUMN ${schema}.control.token IS 'The token that this row is about; only its holder extends the lease.';
COMMENT ON COLUMN ${schema}.control.settled_from IS 'The token that the same holder gave up for the present one; NULL when it took the lease anew.';
COMMENT ON COLUMN ${schema}.control.owner IS 'Who holds the lease, for people: host/pid/uuid.';
COMMENT ON COLUMN ${schema}.control.expires_at IS 'When the lease runs out unless it is renewed; -infinity: it was given back, or never taken.';
COMMENT ON COLUMN ${schema}.control.heartbeat_at IS 'When the holder last renewed the lease.';
COMMENT ON COLUMN ${schema}.control.paused IS 'Whether somebody asked the migration to pause.';
COMMENT ON COLUMN ${schema}.control.knobs IS 'Settings of the throttle that override those of the migration''s file while it runs.';

----------------------------------------------------------------------------------------------------------------- step

CREATE TABLE ${schema}.step (
    target      text        NOT NULL,
    migration   text        NOT NULL,
    ordinal     integer     NOT NULL CHECK (ordinal > 0),
    phase       text        NOT NULL CHECK (phase IN ('EXPAND', 'BACKFILL', 'VALIDATE', 'CONTRACT', 'PURGE')),
    operation   text[]      NOT NULL,
    title       text        NOT NULL,
    action_kind text        NOT NULL,
    action      text[]      NOT NULL,
    undo_kind   text        NOT NULL,
    undo        text[]      NOT NULL,
    done_when   text        NOT NULL,
    effects     text[]      NOT NULL,
    makes       integer[]   NOT NULL,
    removes     integer[]   NOT NULL,
    status      text        NOT NULL DEFAULT 'PLANNED' CHECK (status IN ('PLANNED', 'RUNNING', 'DONE')),
    token       bigint,
    attempts    integer     NOT NULL DEFAULT 0,
    lock_wait   interval,
    blocked_by  text,
    begun_at    timestamptz,
    finished_at timestamptz,
    PRIMARY KEY (target, migration, ordinal),
    FOREIGN KEY (target, migration) REFERENCES ${schema}.migration
);
COMMENT ON TABLE ${schema}.step IS 'The plan with which a migration was started, step by step with its undo, and what has been done of it.';
COMMENT ON COLUMN ${schema}.step.target IS 'What is migrated: the database.';
COMMENT ON COLUMN ${schema}.step.migration IS 'The migration''s id.';
COMMENT ON COLUMN ${schema}.step.ordinal IS 'Place in the plan, from 1; a rollback undoes the steps in the opposite order.';
COMMENT ON COLUMN ${schema}.step.phase IS 'The phase to which it belongs.';
COMMENT ON COLUMN ${schema}.step.operation IS 'The operations that it serves, as key paths of the migration''s file.';
COMMENT ON COLUMN ${schema}.step.title IS 'What it does, for people.';
COMMENT ON COLUMN ${schema}.step.action_kind IS 'How it is done, e.g. TRANSACTION, BUILD_INDEX.';
COMMENT ON COLUMN ${schema}.step.action IS 'Statements and names of the action: key, value, key, value, ...';
COMMENT ON COLUMN ${schema}.step.undo_kind IS 'How it is taken back.';
COMMENT ON COLUMN ${schema}.step.undo IS 'Statements and names of the undo: key, value, key, value, ...';
COMMENT ON COLUMN ${schema}.step.done_when IS 'A query that answers true once the step has been done; empty where the action tells by itself.';
COMMENT ON COLUMN ${schema}.step.effects IS 'What it means for live releases.';
COMMENT ON COLUMN ${schema}.step.makes IS 'Numbers of the artifacts that exist after it.';
COMMENT ON COLUMN ${schema}.step.removes IS 'Numbers of the artifacts that are gone after it.';
COMMENT ON COLUMN ${schema}.step.status IS 'PLANNED: not begun, or undone; RUNNING: perhaps half done; DONE.';
COMMENT ON COLUMN ${schema}.step.token IS 'The lease''s token with which the status was last changed.';
COMMENT ON COLUMN ${schema}.step.attempts IS 'How often it was tried, forward or back; what was rolled back with its transaction is not counted.';
COMMENT ON COLUMN ${schema}.step.lock_wait IS 'How long its last attempt waited for locks.';
COMMENT ON COLUMN ${schema}.step.blocked_by IS 'Who made its last attempt wait for locks.';
COMMENT ON COLUMN ${schema}.step.begun_at IS 'When it was last begun.';
COMMENT ON COLUMN ${schema}.step.finished_at IS 'When it was last done or undone.';

------------------------------------------------------------------------------------------------------------- artifact

CREATE TABLE ${schema}.artifact (
    target         text        NOT NULL,
    migration      text        NOT NULL,
    number         integer     NOT NULL,
    kind           text        NOT NULL,
    table_schema   text        NOT NULL,
    table_name     text        NOT NULL,
    name           text        NOT NULL,
    helper         boolean     NOT NULL,
    definition     text,
    grants         text[],
    comment        text,
    made_at        timestamptz,
    published_at   timestamptz,
    retained_until timestamptz,
    removed_at     timestamptz,
    PRIMARY KEY (target, migration, number),
    FOREIGN KEY (target, migration) REFERENCES ${schema}.migration
);
COMMENT ON TABLE ${schema}.artifact IS 'Everything that a migration makes or sets aside, recorded before it exists, so that nothing can be left behind unknown.';
COMMENT ON COLUMN ${schema}.artifact.target IS 'What is migrated: the database.';
COMMENT ON COLUMN ${schema}.artifact.migration IS 'The migration''s id.';
COMMENT ON COLUMN ${schema}.artifact.number IS 'Its number in the plan, as in step.makes and step.removes; those after them were found necessary while a step ran.';
COMMENT ON COLUMN ${schema}.artifact.kind IS 'COLUMN, INDEX, CONSTRAINT, TRIGGER, FUNCTION or STATISTICS.';
COMMENT ON COLUMN ${schema}.artifact.table_schema IS 'Schema of the table that it belongs to.';
COMMENT ON COLUMN ${schema}.artifact.table_name IS 'The table that it belongs to.';
COMMENT ON COLUMN ${schema}.artifact.name IS 'Its name; a function''s lies in the state schema, the others'' in the table''s schema or in the table.';
COMMENT ON COLUMN ${schema}.artifact.helper IS 'Whether it exists for the migrator only, and must be gone after PURGE and after a rollback.';
COMMENT ON COLUMN ${schema}.artifact.definition IS 'DDL of an object that was there before the migration, or that is made under a name of its attempt.';
COMMENT ON COLUMN ${schema}.artifact.grants IS 'Grants on an object that was there before the migration.';
COMMENT ON COLUMN ${schema}.artifact.comment IS 'Comment on an object that was there before the migration.';
COMMENT ON COLUMN ${schema}.artifact.made_at IS 'When a step last made it; NULL: no step has.';
COMMENT ON COLUMN ${schema}.artifact.published_at IS 'When it got its own name, if it was made under another one.';
COMMENT ON COLUMN ${schema}.artifact.retained_until IS 'Until when it is kept after it was set aside.';
COMMENT ON COLUMN ${schema}.artifact.removed_at IS 'When a step, or a step''s undo, last removed it; NULL: it is not removed.';

------------------------------------------------------------------------------------------- backfill_chunk, failed_row

CREATE TABLE ${schema}.backfill_chunk (
    target      text    NOT NULL,
    migration   text    NOT NULL,
    ordinal     integer NOT NULL,
    chunk       integer NOT NULL,
    relation    oid     NOT NULL,
    filenode    oid     NOT NULL,
    from_block  bigint  NOT NULL,
    to_block    bigint  NOT NULL,
    next_block  bigint  NOT NULL,
    next_stripe integer NOT NULL DEFAULT 0,
    owner       text,
    lease_until timestamptz,
    rows        bigint  NOT NULL DEFAULT 0,
    skipped     bigint  NOT NULL DEFAULT 0,
    failed      bigint  NOT NULL DEFAULT 0,
    done        boolean NOT NULL DEFAULT false,
    PRIMARY KEY (target, migration, ordinal, chunk),
    FOREIGN KEY (target, migration, ordinal) REFERENCES ${schema}.step
) WITH (fillfactor = 50);
COMMENT ON TABLE ${schema}.backfill_chunk IS 'One row for each range of a table''s blocks that a step walks over; it changes with the rows that it counts.';
COMMENT ON COLUMN ${schema}.backfill_chunk.target IS 'What is migrated: the database.';
COMMENT ON COLUMN ${schema}.backfill_chunk.migration IS 'The migration''s id.';
COMMENT ON COLUMN ${schema}.backfill_chunk.ordinal IS 'The step.';
COMMENT ON COLUMN ${schema}.backfill_chunk.chunk IS 'Number of the range within the step.';
COMMENT ON COLUMN ${schema}.backfill_chunk.relation IS 'The table or partition.';
COMMENT ON COLUMN ${schema}.backfill_chunk.filenode IS 'Its file when the blocks were counted; after a rewrite the range means nothing any more.';
COMMENT ON COLUMN ${schema}.backfill_chunk.from_block IS 'First block of the range.';
COMMENT ON COLUMN ${schema}.backfill_chunk.to_block IS 'First block after the range.';
COMMENT ON COLUMN ${schema}.backfill_chunk.next_block IS 'First block of the window that is worked on.';
COMMENT ON COLUMN ${schema}.backfill_chunk.next_stripe IS 'The next pass over that window.';
COMMENT ON COLUMN ${schema}.backfill_chunk.owner IS 'The worker that has taken the range.';
COMMENT ON COLUMN ${schema}.backfill_chunk.lease_until IS 'Until when that worker may keep it without a sign of life.';
COMMENT ON COLUMN ${schema}.backfill_chunk.rows IS 'Rows handled.';
COMMENT ON COLUMN ${schema}.backfill_chunk.skipped IS 'Rows left for later because somebody else had locked them.';
COMMENT ON COLUMN ${schema}.backfill_chunk.failed IS 'Rows recorded as failed.';
COMMENT ON COLUMN ${schema}.backfill_chunk.done IS 'Whether the range is finished.';

CREATE TABLE ${schema}.failed_row (
    target    text        NOT NULL,
    migration text        NOT NULL,
    ordinal   integer     NOT NULL,
    row_key   text        NOT NULL,
    tid       text        NOT NULL,
    sqlstate  text        NOT NULL,
    message   text        NOT NULL,
    at        timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    PRIMARY KEY (target, migration, ordinal, row_key),
    FOREIGN KEY (target, migration, ordinal) REFERENCES ${schema}.step
);
COMMENT ON TABLE ${schema}.failed_row IS 'Rows of the application that a step could not handle and passed over.';
COMMENT ON COLUMN ${schema}.failed_row.target IS 'What is migrated: the database.';
COMMENT ON COLUMN ${schema}.failed_row.migration IS 'The migration''s id.';
COMMENT ON COLUMN ${schema}.failed_row.ordinal IS 'The step.';
COMMENT ON COLUMN ${schema}.failed_row.row_key IS 'The row''s key, or its place where the table has no key.';
COMMENT ON COLUMN ${schema}.failed_row.tid IS 'Where the row was at that time.';
COMMENT ON COLUMN ${schema}.failed_row.sqlstate IS 'Code of the server''s error.';
COMMENT ON COLUMN ${schema}.failed_row.message IS 'Text of the server''s error.';
COMMENT ON COLUMN ${schema}.failed_row.at IS 'When it failed.';

------------------------------------------------------------------------------------------------------------- history

CREATE TABLE ${schema}.phase_event (
    target    text        NOT NULL,
    migration text        NOT NULL,
    seq       bigint      NOT NULL,
    phase     text        NOT NULL CHECK (phase IN ('EXPAND', 'BACKFILL', 'VALIDATE', 'CONTRACT', 'PURGE')),
    event     text        NOT NULL,
    actor     text        NOT NULL,
    release   text        NOT NULL,
    instance  text        NOT NULL,
    at        timestamptz NOT NULL,
    detail    text        NOT NULL,
    hash      bytea       NOT NULL,
    PRIMARY KEY (target, migration, seq)
);
COMMENT ON TABLE ${schema}.phase_event IS 'What happened to a migration, append-only; each line carries a hash over itself and the line before it.';
COMMENT ON COLUMN ${schema}.phase_event.target IS 'What is migrated: the database.';
COMMENT ON COLUMN ${schema}.phase_event.migration IS 'The migration''s id.';
COMMENT ON COLUMN ${schema}.phase_event.seq IS 'Number of the line, from 1 without gaps; set by the database.';
COMMENT ON COLUMN ${schema}.phase_event.phase IS 'The phase that it is about.';
COMMENT ON COLUMN ${schema}.phase_event.event IS 'What happened, e.g. phase-complete.';
COMMENT ON COLUMN ${schema}.phase_event.actor IS 'The session''s own user; set by the database.';
COMMENT ON COLUMN ${schema}.phase_event.release IS 'The release that ran the engine, empty if it said none.';
COMMENT ON COLUMN ${schema}.phase_event.instance IS 'The process that ran the engine, empty if none did.';
COMMENT ON COLUMN ${schema}.phase_event.at IS 'When, by the database''s clock; set by the database.';
COMMENT ON COLUMN ${schema}.phase_event.detail IS 'The rest, for people.';
COMMENT ON COLUMN ${schema}.phase_event.hash IS 'event_hash() of the line before it (of nothing for the first one) and this one; set by the database.';

CREATE TABLE ${schema}.phase_event_head (
    target    text   NOT NULL,
    migration text   NOT NULL,
    seq       bigint NOT NULL,
    hash      bytea  NOT NULL,
    PRIMARY KEY (target, migration)
);
COMMENT ON TABLE ${schema}.phase_event_head IS 'The last line of each history: locked while one is appended, and the proof that none was cut off.';
COMMENT ON COLUMN ${schema}.phase_event_head.target IS 'What is migrated: the database.';
COMMENT ON COLUMN ${schema}.phase_event_head.migration IS 'The migration''s id.';
COMMENT ON COLUMN ${schema}.phase_event_head.seq IS 'Number of the last line.';
COMMENT ON COLUMN ${schema}.phase_event_head.hash IS 'Hash of the last line.';

CREATE FUNCTION ${schema}.event_hash(previous bytea, line ${schema}.phase_event) RETURNS bytea
    LANGUAGE sql STABLE AS $fn$
    -- A JSON array of texts keeps apart what a plain concatenation would run together.
    SELECT pg_catalog.sha256(previous || pg_catalog.convert_to(pg_catalog.jsonb_build_array(
        line.target, line.migration, line.seq, line.phase, line.event, line.actor, line.release, line.instance,
        (EXTRACT(epoch FROM line.at) * 1000000)::pg_catalog.int8, line.detail)::pg_catalog.text, 'UTF8'))
$fn$;
COMMENT ON FUNCTION ${schema}.event_hash(bytea, ${schema}.phase_event) IS 'SHA-256 of the hash before and all fields of a line.';

CREATE FUNCTION ${schema}.append_event() RETURNS trigger LANGUAGE plpgsql AS $fn$
DECLARE
    head ${schema}.phase_event_head;
BEGIN
    INSERT INTO ${schema}.phase_event_head AS h (target, migration, seq, hash)
        VALUES (NEW.target, NEW.migration, 0, '')
        ON CONFLICT DO NOTHING;
    SELECT h.* INTO STRICT head
        FROM ${schema}.phase_event_head AS h
        WHERE h.target = NEW.target AND h.migration = NEW.migration
        FOR UPDATE;
    NEW.seq := head.seq + 1;
    NEW.actor := session_user;
    NEW.at := pg_catalog.clock_timestamp();
    NEW.hash := ${schema}.event_hash(head.hash, NEW);
    UPDATE ${schema}.phase_event_head AS h
        SET seq = NEW.seq, hash = NEW.hash
        WHERE h.target = NEW.target AND h.migration = NEW.migration;
    RETURN NEW;
END
$fn$;
COMMENT ON FUNCTION ${schema}.append_event() IS 'Trigger: numbers, signs and chains a line of history.';

CREATE FUNCTION ${schema}.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $fn$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'MG006',
        MESSAGE = pg_catalog.concat('The history in ', TG_TABLE_SCHEMA, '.', TG_TABLE_NAME, ' is append-only: ', TG_OP,
            ' is refused. Nothing was changed.');
END
$fn$;
COMMENT ON FUNCTION ${schema}.refuse_change() IS 'Trigger: refuses every change of the history but an insert.';

CREATE TRIGGER append BEFORE INSERT ON ${schema}.phase_event
    FOR EACH ROW EXECUTE FUNCTION ${schema}.append_event();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${schema}.phase_event
    FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.refuse_change();
ALTER TABLE ${schema}.phase_event ENABLE ALWAYS TRIGGER append_only;

CREATE FUNCTION ${schema}.history_break(for_target text, for_migration text) RETURNS bigint
    LANGUAGE sql STABLE AS $fn$
    WITH line AS (
        SELECT e.seq, e.hash, pg_catalog.row_number() OVER chain AS place,
            ${schema}.event_hash(pg_catalog.lag(e.hash, 1, ''::pg_catalog.bytea) OVER chain, e) AS expected
        FROM ${schema}.phase_event AS e
        WHERE e.target = for_target AND e.migration = for_migration
        WINDOW chain AS (ORDER BY e.seq)
    )
    SELECT pg_catalog.min(broken.place) FROM (
        SELECT l.place FROM line AS l WHERE l.seq <> l.place OR l.hash <> l.expected
        UNION ALL
        -- What was cut off at the end.
        SELECT pg_catalog.count(*) + 1 FROM line
        HAVING (SELECT ROW (h.seq, h.hash) FROM ${schema}.phase_event_head AS h
                WHERE h.target = for_target AND h.migration = for_migration)
            IS DISTINCT FROM (SELECT ROW (l.seq, l.hash) FROM line AS l ORDER BY l.place DESC LIMIT 1)
    ) AS broken
$fn$;
COMMENT ON FUNCTION ${schema}.history_break(text, text) IS 'The first place at which a history is not what was written; NULL: it is whole.';

CREATE TABLE ${schema}.approval (
    target      text   NOT NULL,
    migration   text   NOT NULL,
    event       bigint NOT NULL,
    phase       text   NOT NULL CHECK (phase IN ('EXPAND', 'BACKFILL', 'VALIDATE', 'CONTRACT', 'PURGE')),
    checksum    text   NOT NULL,
    approved_by text   NOT NULL,
    reason      text   NOT NULL,
    expires_at  timestamptz,
    PRIMARY KEY (target, migration, event),
    FOREIGN KEY (target, migration, event) REFERENCES ${schema}.phase_event
);
COMMENT ON TABLE ${schema}.approval IS 'A person''s word that a phase may begin; it counts until the next rollback of that migration.';
COMMENT ON COLUMN ${schema}.approval.target IS 'What is migrated: the database.';
COMMENT ON COLUMN ${schema}.approval.migration IS 'The migration''s id.';
COMMENT ON COLUMN ${schema}.approval.event IS 'Its line of history, which says when and by which user of the database.';
COMMENT ON COLUMN ${schema}.approval.phase IS 'The phase.';
COMMENT ON COLUMN ${schema}.approval.checksum IS 'Checksum of the definition that was approved.';
COMMENT ON COLUMN ${schema}.approval.approved_by IS 'Who, as named on the command.';
COMMENT ON COLUMN ${schema}.approval.reason IS 'Why.';
COMMENT ON COLUMN ${schema}.approval.expires_at IS 'Until when it counts; NULL: it does not expire.';

CREATE TABLE ${schema}.instance (
    target             text        NOT NULL,
    instance           text        NOT NULL,
    release            text        NOT NULL,
    knows              text[]      NOT NULL DEFAULT '{}',
    uses               text[]      NOT NULL DEFAULT '{}',
    registered_at      timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    heartbeat_at       timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    acknowledged_epoch bigint      NOT NULL DEFAULT 0,
    PRIMARY KEY (target, instance)
);
COMMENT ON TABLE ${schema}.instance IS 'Application instances that say that they are alive, and which shapes they use.';
COMMENT ON COLUMN ${schema}.instance.target IS 'The database that it uses.';
COMMENT ON COLUMN ${schema}.instance.instance IS 'The process: host/pid/uuid.';
COMMENT ON COLUMN ${schema}.instance.release IS 'Its release.';
COMMENT ON COLUMN ${schema}.instance.knows IS 'Migrations whose new shape it can bear.';
COMMENT ON COLUMN ${schema}.instance.uses IS 'Migrations whose new shape it uses.';
COMMENT ON COLUMN ${schema}.instance.registered_at IS 'When it registered.';
COMMENT ON COLUMN ${schema}.instance.heartbeat_at IS 'Its last sign of life.';
COMMENT ON COLUMN ${schema}.instance.acknowledged_epoch IS 'The last state that it said it works by.';

------------------------------------------------------------------------------------ what a step's transaction consists of

CREATE FUNCTION ${schema}.fence(for_target text, for_migration text, held_token bigint) RETURNS void
    LANGUAGE plpgsql AS $fn$
BEGIN
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
COMMENT ON FUNCTION ${schema}.fence(text, text, bigint) IS 'Error MG001 unless the token is the newest; until the transaction ends, no newer one is given out.';

CREATE FUNCTION ${schema}.take_lease(for_target text, for_migration text, new_owner text, time_to_live interval)
    RETURNS bigint LANGUAGE plpgsql AS $fn$
DECLARE
    new_token bigint;
BEGIN
    -- Waits for every transaction that holds an older token. What control says counts only after that.
    SELECT l.token + 1 INTO STRICT new_token FROM ${schema}.lease AS l
        WHERE l.target = for_target AND l.migration = for_migration
        FOR UPDATE;
    UPDATE ${schema}.control AS c
        SET token = new_token, settled_from = NULL, owner = new_owner, heartbeat_at = pg_catalog.clock_timestamp(),
            expires_at = pg_catalog.clock_timestamp() + time_to_live
        WHERE c.target = for_target AND c.migration = for_migration
            AND (c.expires_at <= pg_catalog.clock_timestamp() OR c.owner = new_owner);
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    UPDATE ${schema}.lease AS l SET token = new_token WHERE l.target = for_target AND l.migration = for_migration;
    RETURN new_token;
END
$fn$;
COMMENT ON FUNCTION ${schema}.take_lease(text, text, text, interval) IS 'A new token if nobody else holds the lease, else NULL.';

CREATE FUNCTION ${schema}.settle_lease(
    for_target text, for_migration text, held_token bigint, held_by text, time_to_live interval)
    RETURNS bigint LANGUAGE plpgsql AS $fn$
DECLARE
    newest bigint;
    given  bigint;
BEGIN
    SELECT l.token INTO newest FROM ${schema}.lease AS l
        WHERE l.target = for_target AND l.migration = for_migration
        FOR UPDATE;
    -- When the answer to this very call was lost, the holder asks again with the token that it gave up.
    SELECT c.token INTO given FROM ${schema}.control AS c
        WHERE c.target = for_target AND c.migration = for_migration AND c.owner = held_by
            AND c.token = newest AND c.settled_from = held_token;
    IF FOUND THEN
        RETURN given;
    END IF;
    IF newest IS DISTINCT FROM held_token THEN
        RAISE EXCEPTION USING ERRCODE = 'MG001',
            MESSAGE = pg_catalog.concat('Migration ', for_migration, ': token ', held_token,
                ' is not the newest one. Nothing was changed.');
    END IF;
    UPDATE ${schema}.control AS c
        SET token = newest + 1, settled_from = held_token, heartbeat_at = pg_catalog.clock_timestamp(),
            expires_at = pg_catalog.clock_timestamp() + time_to_live
        WHERE c.target = for_target AND c.migration = for_migration;
    UPDATE ${schema}.lease AS l SET token = newest + 1
        WHERE l.target = for_target AND l.migration = for_migration;
    RETURN newest + 1;
END
$fn$;
COMMENT ON FUNCTION ${schema}.settle_lease(text, text, bigint, text, interval) IS 'Gives up a token for the next one; no transaction of the old one is under way then, or can commit later. Error MG001 if somebody else took the lease.';

CREATE FUNCTION ${schema}.step_begun(for_target text, for_migration text, at_ordinal integer, held_token bigint)
    RETURNS void LANGUAGE plpgsql AS $fn$
BEGIN
    UPDATE ${schema}.step AS s
        SET status = 'RUNNING', token = held_token, attempts = s.attempts + 1, begun_at = pg_catalog.clock_timestamp()
        WHERE s.target = for_target AND s.migration = for_migration AND s.ordinal = at_ordinal AND s.status <> 'DONE';
    IF NOT FOUND THEN
        PERFORM ${schema}.refuse_step(for_target, for_migration, at_ordinal);
    END IF;
END
$fn$;
COMMENT ON FUNCTION ${schema}.step_begun(text, text, integer, bigint) IS 'Marks a step as perhaps half done; error MG002 if it is done.';

CREATE FUNCTION ${schema}.step_done(for_target text, for_migration text, at_ordinal integer, held_token bigint)
    RETURNS void LANGUAGE plpgsql AS $fn$
DECLARE
    made    integer[];
    removed integer[];
BEGIN
    UPDATE ${schema}.step AS s
        SET status = 'DONE', token = held_token, finished_at = pg_catalog.clock_timestamp(),
            -- What was begun on its own was counted then.
            attempts = s.attempts + CASE s.status WHEN 'RUNNING' THEN 0 ELSE 1 END
        WHERE s.target = for_target AND s.migration = for_migration AND s.ordinal = at_ordinal AND s.status <> 'DONE'
        RETURNING s.makes, s.removes INTO made, removed;
    IF NOT FOUND THEN
        PERFORM ${schema}.refuse_step(for_target, for_migration, at_ordinal);
    END IF;
    UPDATE ${schema}.artifact AS a SET removed_at = pg_catalog.clock_timestamp()
        WHERE a.target = for_target AND a.migration = for_migration AND a.number = ANY (removed);
    UPDATE ${schema}.artifact AS a SET made_at = pg_catalog.clock_timestamp(), removed_at = NULL
        WHERE a.target = for_target AND a.migration = for_migration AND a.number = ANY (made);
END
$fn$;
COMMENT ON FUNCTION ${schema}.step_done(text, text, integer, bigint) IS 'Marks a step as done, with its artifacts; error MG002 if it is done already.';

CREATE FUNCTION ${schema}.step_undone(for_target text, for_migration text, at_ordinal integer, held_token bigint)
    RETURNS void LANGUAGE plpgsql AS $fn$
DECLARE
    made    integer[];
    removed integer[];
BEGIN
    UPDATE ${schema}.step AS s
        SET status = 'PLANNED', token = held_token, finished_at = pg_catalog.clock_timestamp(),
            attempts = s.attempts + 1
        WHERE s.target = for_target AND s.migration = for_migration AND s.ordinal = at_ordinal
            AND s.status <> 'PLANNED'
        RETURNING s.makes, s.removes INTO made, removed;
    IF NOT FOUND THEN
        PERFORM ${schema}.refuse_step(for_target, for_migration, at_ordinal);
    END IF;
    UPDATE ${schema}.artifact AS a SET removed_at = pg_catalog.clock_timestamp()
        WHERE a.target = for_target AND a.migration = for_migration AND a.number = ANY (made)
            AND a.made_at IS NOT NULL;
    UPDATE ${schema}.artifact AS a SET removed_at = NULL
        WHERE a.target = for_target AND a.migration = for_migration AND a.number = ANY (removed);
END
$fn$;
COMMENT ON FUNCTION ${schema}.step_undone(text, text, integer, bigint) IS 'Marks a step as planned again, with its artifacts; error MG002 if it is so already.';

CREATE FUNCTION ${schema}.refuse_step(for_target text, for_migration text, at_ordinal integer) RETURNS void
    LANGUAGE plpgsql AS $fn$
DECLARE
    now_is text;
BEGIN
    SELECT s.status INTO now_is FROM ${schema}.step AS s
        WHERE s.target = for_target AND s.migration = for_migration AND s.ordinal = at_ordinal;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'no_data_found',
            MESSAGE = pg_catalog.concat('Migration ', for_migration, ' has no step ', at_ordinal,
                ' on record. Nothing was changed.');
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'MG002',
        MESSAGE = pg_catalog.concat('Migration ', for_migration, ', step ', at_ordinal, ' is ', now_is,
            ' already. Nothing was changed.');
END
$fn$;
COMMENT ON FUNCTION ${schema}.refuse_step(text, text, integer) IS 'Error MG002 about a step that has its new status already.';

CREATE FUNCTION ${schema}.ensure(ok boolean, what text) RETURNS void LANGUAGE plpgsql AS $fn$
BEGIN
    IF ok IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'MG003', MESSAGE = pg_catalog.concat('Not as planned: ', what);
    END IF;
END
$fn$;
COMMENT ON FUNCTION ${schema}.ensure(boolean, text) IS 'Error MG003 unless true.';

CREATE FUNCTION ${schema}.run(statements text) RETURNS void LANGUAGE plpgsql AS $fn$
BEGIN
    EXECUTE statements;
END
$fn$;
COMMENT ON FUNCTION ${schema}.run(text) IS 'Runs statements of a user, who can''t end the transaction that way.';

CREATE FUNCTION ${schema}.same_file(relation oid, expected oid) RETURNS void LANGUAGE plpgsql AS $fn$
DECLARE
    present oid := pg_catalog.pg_relation_filenode(relation::pg_catalog.regclass);
BEGIN
    IF present IS DISTINCT FROM expected THEN
        RAISE EXCEPTION USING ERRCODE = 'MG004',
            MESSAGE = pg_catalog.concat('Relation ', relation::pg_catalog.regclass, ' was rewritten: its file is ',
                COALESCE(present::pg_catalog.text, 'gone'), ', was ', expected, '. Nothing was changed.');
    END IF;
END
$fn$;
COMMENT ON FUNCTION ${schema}.same_file(oid, oid) IS 'Error MG004 if the relation was rewritten since its file was that one.';

CREATE FUNCTION ${schema}.trial(statement text) RETURNS void LANGUAGE plpgsql AS $fn$
BEGIN
    EXECUTE statement;
    RAISE EXCEPTION USING ERRCODE = 'MG005', MESSAGE = 'End of the trial';
EXCEPTION
    WHEN SQLSTATE 'MG005' THEN
        RETURN;
END
$fn$;
COMMENT ON FUNCTION ${schema}.trial(text) IS 'Runs a statement and takes it back; an error of the statement stays one.';
