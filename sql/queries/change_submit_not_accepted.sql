-- FAL certainly does not have the job: the next submit counts as the first.
WITH changed AS (
    UPDATE avatars a
    SET submit_sent_at = NULL, submit_archive = NULL, updated_at = now()
    FROM leases l
    WHERE a.id = $1 AND a.attempt = $2
      AND l.resource = 'shard/' || a.shard AND l.epoch = $3 AND l.owner = $4
      AND a.status = 'training' AND a.fal_request_id IS NULL
    RETURNING a.id, a.attempt
)
INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
SELECT id, attempt, $5, $6, $7 FROM changed
RETURNING id
