-- A row that is still pending after the UPDATE that should have filled it would be filled again and again.

SET LOCAL lock_timeout = '5s';

CREATE FUNCTION ${schema}.refuse_row(code text, why text) RETURNS integer LANGUAGE plpgsql AS $fn$
BEGIN
    RAISE EXCEPTION USING ERRCODE = code, MESSAGE = why;
END
$fn$;
COMMENT ON FUNCTION ${schema}.refuse_row(text, text) IS 'An error about a row that a backfill can''t fill, which is recorded and passed over then.';

CREATE OR REPLACE FUNCTION ${schema}.state_version() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 7';
