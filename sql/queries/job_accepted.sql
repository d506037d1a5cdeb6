-- The name of a paid job ($7), and other jobs of the same submit ($8), to be cancelled at FAL. As in
-- change_accepted the name is a fact and needs no lease; never one that the job had before it was
-- renewed. The present watcher, if it is another, is told in the same commit.
WITH changed AS (
    UPDATE jobs j
    SET fal_request_id = $7, submit_sent_at = coalesce(j.submit_sent_at, clock_timestamp()),
        withdraw_due = j.withdraw_due OR j.status <> 'running', updated_at = now()
    WHERE j.id = $1 AND j.status IN ('running', 'cancelled', 'error')
      AND (j.fal_request_id IS NULL OR j.fal_request_id = $7)
      AND $7 <> ALL (j.former_requests)
    RETURNING j.id, j.kind, j.shard, j.fal_endpoint
), doubles AS (
    INSERT INTO fal_chores (kind, request_id, endpoint, why, job_kind, job_id)
    SELECT 'cancel', d.request, changed.fal_endpoint, 'bought_twice', changed.kind, changed.id
    FROM changed, unnest($8::text[]) AS d (request)
    WHERE NOT EXISTS (SELECT FROM job_routes r WHERE r.request_id = d.request)
    ON CONFLICT (request_id, kind) DO NOTHING
    RETURNING request_id
), noted AS (
    INSERT INTO job_events (job_id, source, kind, detail)
    SELECT id, $4, $5, $6 FROM changed
    UNION ALL
    SELECT changed.id, $4, 'bought_twice', jsonb_build_object('request', doubles.request_id)
    FROM changed, doubles
)
SELECT changed.id,
       CASE WHEN l.owner IS NOT NULL AND (l.owner <> $3 OR l.epoch <> $2)
            THEN pg_notify('aisha_' || l.owner, changed.kind || '/' || changed.id) END AS told
FROM changed
LEFT JOIN leases l ON l.resource = 'shard/' || changed.shard
