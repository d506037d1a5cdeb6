-- A look that brought nothing, or a lost answer. Of an outage only the first is noted.
WITH changed AS (
    UPDATE jobs j
    SET looked_at = CASE WHEN $5 = 'unreachable' THEN coalesce(j.looked_at, clock_timestamp())
                         ELSE j.looked_at END
    FROM leases l
    WHERE j.id = $1 AND l.resource = 'shard/' || j.shard AND l.epoch = $2 AND l.owner = $3
      AND j.hears
    RETURNING j.id
), noted AS (
    INSERT INTO job_events (job_id, source, kind, detail)
    SELECT changed.id, $4, $5, $6
    FROM changed
    WHERE $5 IS DISTINCT FROM (
        SELECT e.kind FROM job_events e WHERE e.job_id = changed.id ORDER BY e.id DESC LIMIT 1)
)
SELECT id FROM changed
