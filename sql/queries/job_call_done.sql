-- A webhook ($4) that brings nothing new ($5 null), or is about another job ($5) than the one that
-- is watched: bought twice, and cancelled at FAL. Fenced as change_nothing_new.
WITH ours AS (
    SELECT j.id, j.kind, j.fal_endpoint
    FROM jobs j
    JOIN leases l ON l.resource = 'shard/' || j.shard
    WHERE j.id = $1 AND l.epoch = $2 AND l.owner = $3
), heard AS (
    UPDATE webhook_inbox
    SET processed_at = clock_timestamp(),
        outcome = CASE WHEN $5::text IS NULL THEN 'nothing_new' ELSE 'another_job' END
    WHERE id = $4 AND processed_at IS NULL AND EXISTS (SELECT FROM ours)
), orphan AS (
    INSERT INTO fal_chores (kind, request_id, endpoint, why, job_kind, job_id)
    SELECT 'cancel', $5, ours.fal_endpoint, 'bought_twice', ours.kind, ours.id
    FROM ours
    WHERE $5 IS NOT NULL
      AND NOT EXISTS (SELECT FROM job_routes r WHERE r.request_id = $5)
      AND NOT EXISTS (SELECT FROM jobs j WHERE j.id = $1 AND $5 = ANY (j.former_requests))
    ON CONFLICT (request_id, kind) DO NOTHING
    RETURNING request_id
), noted AS (
    INSERT INTO job_events (job_id, source, kind, detail)
    SELECT ours.id, 'webhook-handler', 'bought_twice',
           jsonb_build_object('request', orphan.request_id)
    FROM ours, orphan
)
SELECT id FROM ours
