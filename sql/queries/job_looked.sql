-- An event only when the place in the queue ($7) or FAL's word ($8) is new.
WITH before AS (
    SELECT id, queue_position, looked_at, progress FROM jobs WHERE id = $1
), changed AS (
    UPDATE jobs j
    SET looked_at = clock_timestamp(), queue_position = $7,
        progress = greatest(j.progress, coalesce($8, j.progress))
    FROM leases l
    WHERE j.id = $1 AND l.resource = 'shard/' || j.shard AND l.epoch = $2 AND l.owner = $3
      AND j.status = 'running'
    RETURNING j.id, j.queue_position, j.progress
), noted AS (
    INSERT INTO job_events (job_id, source, kind, detail)
    SELECT changed.id, $4, $5, $6
    FROM changed JOIN before USING (id)
    WHERE before.looked_at IS NULL
       OR (before.queue_position, before.progress)
           IS DISTINCT FROM (changed.queue_position, changed.progress)
)
SELECT id FROM changed
