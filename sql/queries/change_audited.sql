-- Looked at once more: everything is where it should be, or there again.
WITH changed AS (
    UPDATE avatars a
    SET audited_at = clock_timestamp()
    FROM leases l
    WHERE a.id = $1 AND a.attempt = $2
      AND l.resource = 'shard/' || a.shard AND l.epoch = $3 AND l.owner = $4
      AND a.status = 'completed'
    RETURNING a.id, a.attempt
)
INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
SELECT id, attempt, $5, $6, $7 FROM changed
RETURNING id
