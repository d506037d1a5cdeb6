-- Its objects are gone; so is its row now, and what the provider told us of it. What is kept are the
-- names, for what is told still later; a job whose name only a call brought is cancelled.
WITH due AS (
    SELECT id, kind, fal_endpoint AS endpoint, fal_request_id AS request_id, deleted_at,
           former_nonces || nonce AS nonces,
           array_remove(former_requests || fal_request_id, NULL) AS requests
    FROM jobs
    WHERE id = $1 AND deleted_at IS NOT NULL AND NOT withdraw_due
    FOR UPDATE
), told AS (
    SELECT w.id, w.request_id FROM due JOIN webhook_inbox w ON w.request_id = ANY (due.requests)
    UNION
    SELECT w.id, w.request_id FROM due JOIN webhook_inbox w ON w.nonce = ANY (due.nonces)
), untold AS (
    DELETE FROM webhook_inbox w USING told WHERE w.id = told.id
), gone AS (
    DELETE FROM jobs j USING due WHERE j.id = due.id
    RETURNING j.id
), unsaid AS (
    -- written while it was being deleted
    DELETE FROM outbox o USING due WHERE o.job_id = due.id
), payloads AS (
    INSERT INTO fal_chores (kind, request_id, why, job_kind, job_id)
    SELECT 'delete_payloads', due.request_id, 'erased', due.kind, due.id
    FROM due
    WHERE due.request_id IS NOT NULL
    ON CONFLICT (request_id, kind) DO NOTHING
), cancels AS (
    INSERT INTO fal_chores (kind, request_id, endpoint, why, job_kind, job_id)
    SELECT DISTINCT 'cancel', told.request_id, due.endpoint, 'erased', due.kind, due.id
    FROM due, told
    WHERE told.request_id <> ALL (due.requests)
    ON CONFLICT (request_id, kind) DO NOTHING
), kept AS (
    INSERT INTO erasures (avatar_id, kind, asked_at, requests, nonces, endpoint)
    SELECT due.id, due.kind, due.deleted_at,
           ARRAY(SELECT request_id FROM told
                 UNION SELECT unnest(due.requests)),
           due.nonces, due.endpoint
    FROM due
    ON CONFLICT (avatar_id) DO NOTHING
)
SELECT id FROM gone
