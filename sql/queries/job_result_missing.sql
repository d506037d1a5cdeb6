-- FAL has finished and nothing is stored. Noted when the reason or the source is new. The addresses
-- are asked for anew.
WITH changed AS (
    UPDATE jobs j
    SET finished_at = coalesce(j.finished_at, clock_timestamp()), files = 'null',
        looked_at = clock_timestamp()
    FROM leases l
    WHERE j.id = $1 AND l.resource = 'shard/' || j.shard AND l.epoch = $2 AND l.owner = $3
      AND j.hears
    RETURNING j.id
), noted AS (
    INSERT INTO job_events (job_id, source, kind, detail)
    SELECT changed.id, $4, $5, $6
    FROM changed
    WHERE NOT EXISTS (
        SELECT
        FROM (SELECT e.source, e.kind, e.detail FROM job_events e
              WHERE e.job_id = changed.id ORDER BY e.id DESC LIMIT 1) last
        WHERE last.source = $4 AND last.kind = $5 AND last.detail -> 'reason' = $6::jsonb -> 'reason')
)
SELECT id FROM changed
