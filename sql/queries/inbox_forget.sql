-- Stored webhooks of jobs that nobody here knows, older than $1 seconds, at most $2 at a time. Two
-- sweeps at once pass each other by.
DELETE FROM webhook_inbox
WHERE id IN (
    SELECT w.id
    FROM webhook_inbox w
    WHERE w.processed_at IS NULL
      AND w.received_at < clock_timestamp() - make_interval(secs => $1)
      AND NOT EXISTS (SELECT FROM avatars a WHERE a.fal_request_id = w.request_id)
      AND NOT EXISTS (SELECT FROM avatars a WHERE a.submit_nonce = w.nonce)
    ORDER BY w.received_at
    LIMIT $2
    FOR UPDATE OF w SKIP LOCKED)
