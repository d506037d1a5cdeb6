-- Looked at once more: everything is in its place, or there again. What FAL keeps of the request is
-- no longer needed; a rehearsal left nothing there.
WITH changed AS (
    UPDATE avatars a
    SET audited_at = clock_timestamp()
    FROM leases l
    WHERE a.id = $1 AND a.attempt = $2
      AND l.resource = 'shard/' || a.shard AND l.epoch = $3 AND l.owner = $4
      AND a.status = 'completed'
    RETURNING a.id, a.attempt, a.fal_request_id, coalesce(a.fal_endpoint, '') AS endpoint
), payloads AS (
    INSERT INTO fal_chores (kind, request_id, endpoint, avatar_id, why)
    SELECT 'delete_payloads', fal_request_id, endpoint, id, 'audited'
    FROM changed
    WHERE fal_request_id IS NOT NULL AND fal_request_id NOT LIKE 'test\_%'
    ON CONFLICT (request_id, kind) DO NOTHING
)
INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
SELECT id, attempt, $5, $6, $7 FROM changed
RETURNING id
