-- Chores at FAL that are due, at most $1. A claim lasts two minutes, longer than any call; then the
-- chore is due again, whatever happened to it. Two instances that claim at once skip each other's
-- rows.
WITH due AS (
    SELECT kind, request_id
    FROM fal_chores
    WHERE done_at IS NULL AND next_try_at <= clock_timestamp()
    ORDER BY next_try_at
    LIMIT $1
    FOR UPDATE SKIP LOCKED
)
UPDATE fal_chores c
SET tries = c.tries + 1, next_try_at = clock_timestamp() + interval '2 minutes'
FROM due
WHERE c.kind = due.kind AND c.request_id = due.request_id
RETURNING c.kind, c.request_id, c.endpoint, c.avatar_id, c.tries,
          extract(epoch FROM clock_timestamp() - c.added_at)::float8 AS age
