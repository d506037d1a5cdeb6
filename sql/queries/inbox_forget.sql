-- Stored webhooks of jobs that nobody here knows: those older than $1 seconds, and the oldest where
-- more than $3 wait; at most $2 at a time. Two sweeps at once skip each other's rows.
WITH crowded AS (
    SELECT received_at
    FROM webhook_inbox
    WHERE processed_at IS NULL
    ORDER BY received_at DESC
    OFFSET $3 LIMIT 1
)
DELETE FROM webhook_inbox
WHERE id IN (
    SELECT w.id
    FROM webhook_inbox w
    WHERE w.processed_at IS NULL
      AND w.received_at <= greatest(clock_timestamp() - make_interval(secs => $1),
                                    (SELECT received_at FROM crowded))
      AND NOT EXISTS (SELECT FROM job_routes r WHERE r.request_id = w.request_id)
      AND NOT EXISTS (SELECT FROM job_routes r WHERE r.nonce = w.nonce)
    ORDER BY w.received_at
    LIMIT $2
    FOR UPDATE OF w SKIP LOCKED)
