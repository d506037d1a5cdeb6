-- The outcome does not change: the status stays, the history tells it.
INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
SELECT a.id, a.attempt, $5, $6, $7
FROM avatars a, leases l
WHERE a.id = $1 AND a.attempt = $2
  AND l.resource = 'shard/' || a.shard AND l.epoch = $3 AND l.owner = $4
  AND a.status = 'completed'
RETURNING id
