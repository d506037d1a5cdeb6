WITH closed AS (
    SELECT avatar_id, requests FROM erasures WHERE avatar_id = $1 FOR UPDATE
), untold AS (
    DELETE FROM webhook_inbox w USING closed WHERE w.request_id = ANY (closed.requests)
)
UPDATE erasures e
SET swept_at = clock_timestamp(), requests = '{}'
FROM closed
WHERE e.avatar_id = closed.avatar_id
