-- A webhook with our nonce about another job ($5) than the one that is watched: bought twice. The
-- first stays, however it ends; the other is cancelled at FAL. Fenced as change_nothing_new.
WITH ours AS (
    SELECT a.id, a.attempt, coalesce(a.fal_endpoint, '') AS endpoint
    FROM avatars a
    JOIN leases l ON l.resource = 'shard/' || a.shard
    WHERE a.id = $1 AND l.epoch = $2 AND l.owner = $3
), heard AS (
    UPDATE webhook_inbox
    SET processed_at = clock_timestamp(), outcome = 'another_job'
    WHERE id = $4 AND processed_at IS NULL AND EXISTS (SELECT FROM ours)
), orphan AS (
    INSERT INTO fal_chores (kind, request_id, endpoint, avatar_id, why)
    SELECT 'cancel', $5::text, ours.endpoint, ours.id, 'bought_twice'
    FROM ours
    WHERE NOT EXISTS (SELECT FROM avatars o WHERE o.fal_request_id = $5)
    ON CONFLICT (request_id, kind) DO NOTHING
    RETURNING request_id
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT ours.id, ours.attempt, 'webhook-handler', 'bought_twice',
           jsonb_build_object('request', orphan.request_id)
    FROM ours, orphan
)
SELECT id FROM ours
