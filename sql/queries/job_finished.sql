-- FAL has finished. The addresses ($7) are saved before they are followed; $8 the webhook that told.
WITH changed AS (
    UPDATE jobs j
    SET finished_at = coalesce(j.finished_at, clock_timestamp()), queue_position = NULL,
        looked_at = clock_timestamp(), files = coalesce($7, j.files), updated_at = now()
    FROM leases l
    WHERE j.id = $1 AND l.resource = 'shard/' || j.shard AND l.epoch = $2 AND l.owner = $3
      AND j.hears
    RETURNING j.id
), heard AS (
    UPDATE webhook_inbox w
    SET processed_at = clock_timestamp(), outcome = 'finished'
    FROM changed
    WHERE w.id = $8
)
INSERT INTO job_events (job_id, source, kind, detail)
SELECT id, $4, $5, $6 FROM changed
RETURNING id
