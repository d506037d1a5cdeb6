-- FAL knows that we no longer want it.
WITH changed AS (
    UPDATE jobs j
    SET withdraw_due = false, updated_at = now()
    FROM leases l
    WHERE j.id = $1 AND l.resource = 'shard/' || j.shard AND l.epoch = $2 AND l.owner = $3
    RETURNING j.id
)
INSERT INTO job_events (job_id, source, kind, detail)
SELECT id, $4, $5, $6 FROM changed
RETURNING id
