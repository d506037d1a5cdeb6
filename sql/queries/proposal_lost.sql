-- Another caller was first. Recorded only if we may write at all: an instance that lost its lease
-- writes nothing.
INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
SELECT a.id, $2, $5, CASE WHEN a.attempt = $2 THEN 'proposal_lost' ELSE 'proposal_stale' END,
       jsonb_build_object('outcome', $6::text)
FROM avatars a
JOIN leases l ON l.resource = 'shard/' || a.shard
WHERE a.id = $1 AND l.epoch = $3 AND l.owner = $4
