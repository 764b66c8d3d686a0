-- An instance that knows a migration with another content is not told of its shapes: it goes on with the old one.

SET LOCAL lock_timeout = '5s';

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
        WHERE k.target = for_target AND k.instance = of_instance AND k.checksum = m.checksum;
END
$fn$;

CREATE OR REPLACE FUNCTION ${schema}.enter(for_target text, of_instance text) RETURNS TABLE (changed text[], unprepared boolean, table_changes bigint)
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
                WHERE k.target = for_target AND k.instance = of_instance AND k.uses = 'BOTH' AND k.checksum = m.checksum
                    AND (m.shape = 'NEW') = ((m.epoch - k.acknowledged_epoch) % 2 = 0)),
            EXISTS (
                SELECT FROM ${schema}.migration AS m
                WHERE m.target = for_target AND m.status = 'RUNNING' AND m.phase IN ('EXPAND', 'CONTRACT', 'PURGE')),
            c.last_value
        FROM ${schema}.table_changes AS c;
END
$fn$;

CREATE OR REPLACE FUNCTION ${schema}.state_version() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 5';
