-- Minutes after its submit it is still unknown whether FAL has it: its owner is told that we check.
WITH changed AS (
    UPDATE avatars a
    SET submit_doubted_at = clock_timestamp()
    FROM leases l
    WHERE a.id = $1 AND a.attempt = $2
      AND l.resource = 'shard/' || a.shard AND l.epoch = $3 AND l.owner = $4
      AND a.status = 'training' AND a.fal_request_id IS NULL
    RETURNING a.id, a.attempt
)
INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
SELECT id, attempt, $5, $6, $7 FROM changed
RETURNING id
