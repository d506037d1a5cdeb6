-- Its objects are gone; so are the rows now, and what FAL told us of its jobs. The grave keeps the
-- names of the jobs, for what FAL tells still later.
WITH due AS (
    SELECT id, user_id, submit_nonce
    FROM avatars
    WHERE id = $1 AND deleted_at IS NOT NULL AND NOT withdraw_due
    FOR UPDATE
), jobs AS (
    SELECT fal_request_id AS request FROM avatars WHERE id = $1 AND fal_request_id IS NOT NULL
    UNION
    SELECT detail ->> 'request' FROM training_events
    WHERE avatar_id = $1 AND kind = 'submit_accepted' AND detail ->> 'request' IS NOT NULL
), told AS (
    SELECT w.id FROM due, jobs JOIN webhook_inbox w ON w.request_id = jobs.request
    UNION
    SELECT w.id FROM due JOIN webhook_inbox w ON w.nonce = due.submit_nonce
), untold AS (
    DELETE FROM webhook_inbox w USING told WHERE w.id = told.id
), gone AS (
    DELETE FROM avatars a USING due WHERE a.id = due.id RETURNING a.id, a.user_id, a.deleted_at
), payloads AS (
    -- What FAL stored of its jobs: input with the address of the photos, and what was made of them.
    INSERT INTO fal_chores (kind, request_id, avatar_id, why)
    SELECT 'delete_payloads', jobs.request, gone.id, 'erased'
    FROM gone, jobs
    WHERE jobs.request NOT LIKE 'test\_%'
    ON CONFLICT (request_id, kind) DO NOTHING
), grave AS (
    INSERT INTO erasures (avatar_id, asked_at, requests)
    SELECT id, deleted_at, ARRAY(SELECT request FROM jobs) FROM gone
    ON CONFLICT (avatar_id) DO NOTHING
)
SELECT user_id FROM gone
