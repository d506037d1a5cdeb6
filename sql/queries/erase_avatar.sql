-- Its objects are gone, so its rows can go too, and what FAL told us about its jobs. The erasure
-- keeps the names of the jobs and our nonces, for what FAL may still send. A job whose name only
-- came with FAL's call is cancelled there.
WITH due AS (
    SELECT id, fal_endpoint, former_requests || fal_request_id AS requests,
           array_remove(former_nonces || submit_nonce, NULL) AS nonces
    FROM avatars
    WHERE id = $1 AND deleted_at IS NOT NULL AND NOT withdraw_due
    FOR UPDATE
), jobs AS (
    SELECT request FROM due, unnest(due.requests) AS request WHERE request IS NOT NULL
    UNION
    SELECT detail ->> 'request' FROM training_events
    WHERE avatar_id = $1 AND kind = 'submit_accepted' AND detail ->> 'request' IS NOT NULL
), told AS (
    SELECT w.id, w.request_id FROM due, jobs JOIN webhook_inbox w ON w.request_id = jobs.request
    UNION
    SELECT w.id, w.request_id FROM due, unnest(due.nonces) AS n JOIN webhook_inbox w ON w.nonce = n
), untold AS (
    DELETE FROM webhook_inbox w USING told WHERE w.id = told.id
), orphans AS (
    SELECT DISTINCT request_id FROM told
    WHERE request_id NOT IN (SELECT request FROM jobs)
), gone AS (
    DELETE FROM avatars a USING due WHERE a.id = due.id
    RETURNING a.id, a.user_id, a.deleted_at, due.fal_endpoint, due.nonces
), payloads AS (
    -- What FAL stored for its jobs: the input with the address of the photos, and the results.
    INSERT INTO fal_chores (kind, request_id, avatar_id, why)
    SELECT 'delete_payloads', jobs.request, gone.id, 'erased'
    FROM gone, jobs
    WHERE jobs.request NOT LIKE 'test\_%'
    ON CONFLICT (request_id, kind) DO NOTHING
), cancels AS (
    INSERT INTO fal_chores (kind, request_id, endpoint, avatar_id, why)
    SELECT 'cancel', orphans.request_id, coalesce(gone.fal_endpoint, ''), gone.id, 'erased'
    FROM gone, orphans
    ON CONFLICT (request_id, kind) DO NOTHING
), grave AS (
    INSERT INTO erasures (avatar_id, asked_at, requests, nonces, endpoint)
    SELECT id, deleted_at,
           ARRAY(SELECT request FROM jobs UNION SELECT request_id FROM orphans), nonces,
           fal_endpoint
    FROM gone
    ON CONFLICT (avatar_id) DO NOTHING
)
SELECT user_id FROM gone
