-- A look that brought nothing. Of an outage only the first is noted.
WITH changed AS (
    UPDATE avatars a
    SET last_status_check = clock_timestamp()
    FROM leases l
    WHERE a.id = $1 AND a.attempt = $2
      AND l.resource = 'shard/' || a.shard AND l.epoch = $3 AND l.owner = $4
      AND a.hears
    RETURNING a.id, a.attempt
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT changed.id, changed.attempt, $5, $6, $7
    FROM changed
    WHERE $6 IS DISTINCT FROM (
        SELECT e.kind FROM training_events e WHERE e.avatar_id = changed.id ORDER BY e.id DESC LIMIT 1)
)
SELECT id FROM changed
