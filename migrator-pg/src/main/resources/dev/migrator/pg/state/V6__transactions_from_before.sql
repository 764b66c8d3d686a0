-- Whoever takes a shape away asks also inside of its own transaction for transactions that may still use it; who is refused
-- is not live for a moment; and all times of one question are the same.

SET LOCAL lock_timeout = '5s';

CREATE FUNCTION ${schema}.instances_needing(
    for_target text, for_migration text, for_checksum text, taken text, minimum text, as_of timestamptz)
    RETURNS TABLE (instance text, release text, why text) LANGUAGE sql AS $fn$
    SELECT i.instance, i.release, CASE
            WHEN taken <> 'NEW' AND k.uses IS NULL THEN 'does not know the migration'
            WHEN taken <> 'NEW' AND k.checksum <> for_checksum THEN 'knows the migration with another content'
            WHEN k.uses = taken THEN pg_catalog.concat('uses the ', pg_catalog.lower(taken), ' shape')
            -- One with another content is told nothing: it uses the old shape, whatever is announced.
            WHEN k.uses = 'BOTH' AND k.checksum = m.checksum AND m.shape <> taken AND k.acknowledged_epoch < m.epoch
                THEN pg_catalog.concat('has not acknowledged the ', pg_catalog.lower(m.shape), ' shape, announced at ',
                    m.announced_at)
            WHEN taken <> 'NEW' AND ${schema}.release_number(i.release) < ${schema}.release_number(minimum)
                THEN pg_catalog.concat('is older than ', minimum)
            END
    FROM ${schema}.instance AS i
    JOIN ${schema}.migration AS m ON m.target = i.target AND m.migration = for_migration
    LEFT JOIN ${schema}.instance_migration AS k
        ON k.target = i.target AND k.instance = i.instance AND k.migration = m.migration
    WHERE i.target = for_target AND i.expires_at > as_of
    ORDER BY i.instance COLLATE "C"
$fn$;
COMMENT ON FUNCTION ${schema}.instances_needing(text, text, text, text, text, timestamptz) IS 'The instances that were live at a time, each with why a shape can''t be taken away because of it; NULL: it can.';

CREATE OR REPLACE FUNCTION ${schema}.instances_needing(
    for_target text, for_migration text, for_checksum text, taken text, minimum text)
    RETURNS TABLE (instance text, release text, why text) LANGUAGE sql AS $fn$
    SELECT n.instance, n.release, n.why
    FROM ${schema}.instances_needing(for_target, for_migration, for_checksum, taken, minimum, pg_catalog.clock_timestamp()) AS n
$fn$;

CREATE FUNCTION ${schema}.transactions_from_before(for_target text, for_migration text, taken text)
    RETURNS TABLE (why text) LANGUAGE sql AS $fn$
    WITH moment AS MATERIALIZED (
        -- An acknowledgement that is not certain yet counts as the end of the lease, and so does the end of one who has ended.
        -- Whoever did not know the migration, or not as it is, used the old shape.
        SELECT i.role, CASE WHEN acknowledges.it AND k.acknowledged_epoch >= m.epoch
                THEN LEAST(k.acknowledged_at, i.expires_at) ELSE i.expires_at END AS at
        FROM ${schema}.instance AS i
        JOIN ${schema}.migration AS m ON m.target = i.target AND m.migration = for_migration
        LEFT JOIN ${schema}.instance_migration AS k
            ON k.target = i.target AND k.instance = i.instance AND k.migration = m.migration
        CROSS JOIN LATERAL (SELECT COALESCE(k.uses = 'BOTH' AND k.checksum = m.checksum, false)) AS acknowledges (it)
        WHERE i.target = for_target AND (acknowledges.it
            OR i.expires_at <= pg_catalog.clock_timestamp() AND COALESCE(NULLIF(k.uses, 'BOTH'), 'OLD') = taken)
    ), session AS MATERIALIZED (
        SELECT s.pid, s.usename, s.application_name, s.xact_start, s.query
        FROM pg_catalog.pg_stat_activity AS s
        WHERE s.datname = pg_catalog.current_database() AND COALESCE(s.backend_type, 'client backend') = 'client backend'
            AND s.pid <> pg_catalog.pg_backend_pid() AND COALESCE(s.application_name, '') NOT LIKE 'migrator %'
            AND s.usename IS NOT NULL
    )
    (SELECT pg_catalog.concat('a transaction of ', s.usename, ' (', s.application_name, ', pid ', s.pid,
            ') is from before the instances changed over: begun at ', s.xact_start)
        FROM session AS s WHERE s.xact_start < (SELECT pg_catalog.max(o.at) FROM moment AS o)
        ORDER BY s.xact_start LIMIT 5)
    UNION ALL
    (SELECT pg_catalog.concat('whether transactions of ', s.usename, ' are from before the instances changed over can''t be seen',
            ' by this role (', pg_catalog.count(*), ' sessions): GRANT pg_read_all_stats to it')
        FROM session AS s
        WHERE s.query = '<insufficient privilege>' AND s.usename IN (SELECT o.role FROM moment AS o)
        GROUP BY s.usename ORDER BY s.usename)
$fn$;
COMMENT ON FUNCTION ${schema}.transactions_from_before(text, text, text) IS 'The transactions that may still use a shape since they were begun before the last instance has acknowledged the other one, or before one that used it has ended; and those of which nobody can tell.';

CREATE OR REPLACE FUNCTION ${schema}.ensure_released(
    for_target text, for_migration text, for_checksum text, taken text, minimum text) RETURNS void
    LANGUAGE plpgsql AS $fn$
DECLARE
    needing text;
    as_of   timestamptz;
BEGIN
    -- From here on nobody registers before this transaction ends; who is doing so now is waited for.
    PERFORM 1 FROM ${schema}.migration AS m WHERE m.target = for_target AND m.migration = for_migration
        FOR NO KEY UPDATE;
    as_of := pg_catalog.clock_timestamp();
    -- Who is late has to register again; a heartbeat that is under way is waited for, and counts if it was in time.
    PERFORM 1 FROM ${schema}.instance AS i WHERE i.target = for_target AND i.expires_at <= as_of FOR UPDATE;
    SELECT pg_catalog.string_agg(pg_catalog.concat(n.instance, ' (release ', n.release, ') ', n.why), '; ') INTO needing
        FROM ${schema}.instances_needing(for_target, for_migration, for_checksum, taken, minimum, as_of) AS n
        WHERE n.why IS NOT NULL;
    IF needing IS NULL AND taken IN ('OLD', 'NEW') THEN
        -- Of one that has registered and ended since the gate was asked.
        SELECT pg_catalog.string_agg(b.why, '; ') INTO needing
            FROM ${schema}.transactions_from_before(for_target, for_migration, taken) AS b;
    END IF;
    IF needing IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MG009', MESSAGE = needing;
    END IF;
END
$fn$;
COMMENT ON FUNCTION ${schema}.ensure_released(text, text, text, text, text) IS 'Error MG009 if a live instance, or a transaction from before, needs a shape that is about to be taken away; until the transaction ends, no instance registers.';

CREATE OR REPLACE FUNCTION ${schema}.heartbeat(
    for_target text, of_instance text, time_to_live interval, acknowledged text[], epochs bigint[])
    RETURNS TABLE (migration text, phase text, status text, direction text, shape text, epoch bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $fn$
BEGIN
    -- Locked first: an UPDATE that has to wait for one who only locks the row would not look at its time again.
    PERFORM 1 FROM ${schema}.instance AS i WHERE i.target = for_target AND i.instance = of_instance FOR NO KEY UPDATE;
    UPDATE ${schema}.instance AS i
        SET heartbeat_at = pg_catalog.clock_timestamp(),
            expires_at = pg_catalog.clock_timestamp() + LEAST(time_to_live, interval '1 day')
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
        WHERE k.target = for_target AND k.instance = of_instance AND k.checksum = m.checksum;
END
$fn$;

CREATE FUNCTION ${schema}.is_outlived(for_target text, of_instance text) RETURNS boolean LANGUAGE sql AS $fn$
    SELECT EXISTS (
        SELECT FROM ${schema}.migration AS m
        LEFT JOIN ${schema}.instance_migration AS k
            ON k.target = m.target AND k.instance = of_instance AND k.migration = m.migration
        WHERE m.target = for_target AND (m.phase = 'CONTRACT' OR m.phase = 'PURGE' AND m.status <> 'COMPLETE')
            AND (m.phase = 'PURGE' OR m.status = 'COMPLETE' OR EXISTS (
                SELECT FROM ${schema}.step AS s
                WHERE s.target = m.target AND s.migration = m.migration AND s.phase = 'CONTRACT' AND s.status <> 'PLANNED'))
            AND (k.uses = 'OLD' OR k.checksum <> m.checksum OR k.uses IS NULL AND EXISTS (
                SELECT FROM ${schema}.step AS s
                WHERE s.target = m.target AND s.migration = m.migration AND 'RETIRES' = ANY (s.effects))))
$fn$;
COMMENT ON FUNCTION ${schema}.is_outlived(text, text) IS 'Whether an instance uses only a shape that is contracted; such a one is refused.';

CREATE OR REPLACE FUNCTION ${schema}.start_instance(
    for_target text, new_instance text, of_release text, time_to_live interval, may_advance boolean, will_enter boolean,
    known text[], checksums text[], shapes text[])
    RETURNS TABLE (
        migration text, checksum text, definition text, phase text, status text, direction text, shape text, epoch bigint,
        retires boolean, contracted boolean)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $fn$
DECLARE
    expired timestamptz := (
        SELECT i.expires_at FROM ${schema}.instance AS i WHERE i.target = for_target AND i.instance = new_instance);
BEGIN
    -- The snapshot of a whole transaction would be from before the wait for who is just contracting.
    IF pg_catalog.current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION USING ERRCODE = 'MG011', MESSAGE = 'An instance is registered in READ COMMITTED only.';
    END IF;
    -- Before the query takes its snapshot: who is just contracting is waited for here.
    PERFORM 1 FROM ${schema}.migration AS m WHERE m.target = for_target ORDER BY m.migration FOR SHARE;
    RETURN QUERY
        SELECT r.migration, r.checksum, CASE WHEN r.checksum = ANY (checksums) THEN '' ELSE r.definition END,
            r.phase, r.status, r.direction, r.shape, r.epoch, r.retires,
            r.phase = 'PURGE' OR r.phase = 'CONTRACT' AND (r.status = 'COMPLETE' OR EXISTS (
                SELECT FROM ${schema}.step AS s
                WHERE s.target = for_target AND s.migration = r.migration AND s.phase = 'CONTRACT' AND s.status <> 'PLANNED'))
        FROM ${schema}.register_instance(
            for_target, new_instance, of_release, LEAST(time_to_live, interval '1 day'), known, checksums, shapes) AS r;
    UPDATE ${schema}.instance AS i SET advances = may_advance, enters = will_enter
        WHERE i.target = for_target AND i.instance = new_instance;
    IF expired IS NOT NULL THEN
        -- Until this is committed, enter() may answer by what the instance was before, as with an acknowledgement.
        UPDATE ${schema}.instance_migration AS k SET acknowledged_at = 'infinity'
            WHERE k.target = for_target AND k.instance = new_instance;
    END IF;
    -- Who is going to be refused by this answer must not be live until it says that it has gone.
    IF ${schema}.is_outlived(for_target, new_instance) THEN
        IF expired IS NULL THEN
            DELETE FROM ${schema}.instance AS i WHERE i.target = for_target AND i.instance = new_instance;
        ELSE
            UPDATE ${schema}.instance AS i SET expires_at = LEAST(expired, pg_catalog.clock_timestamp())
                WHERE i.target = for_target AND i.instance = new_instance;
        END IF;
    END IF;
END
$fn$;

CREATE FUNCTION ${schema}.will_not_advance(for_target text, of_instance text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $fn$
    UPDATE ${schema}.instance AS i SET advances = false WHERE i.target = for_target AND i.instance = of_instance
$fn$;
COMMENT ON FUNCTION ${schema}.will_not_advance(text, text) IS 'From now on, an instance takes no migration forward: it is another one''s turn.';

CREATE OR REPLACE FUNCTION ${schema}.state_version() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 6';
