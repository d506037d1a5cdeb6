-- Its folders were checked once more. The names of its jobs stay for as long as FAL may call.
WITH closed AS (
    SELECT avatar_id, requests FROM erasures WHERE avatar_id = $1 FOR UPDATE
), payloads AS (
    -- Once more: a job that did not stop when it was cancelled has since stored its result.
    INSERT INTO fal_chores (kind, request_id, avatar_id, why)
    SELECT 'delete_payloads', j.request, closed.avatar_id, 'erased'
    FROM closed, unnest(closed.requests) AS j (request)
    WHERE j.request NOT LIKE 'test\_%'
    ON CONFLICT (request_id, kind) DO UPDATE
        SET done_at = NULL, tries = 0, added_at = clock_timestamp(), next_try_at = clock_timestamp()
)
UPDATE erasures e
SET swept_at = clock_timestamp()
FROM closed
WHERE e.avatar_id = closed.avatar_id
