-- Objects whose rows are gone, at most $1, for two minutes: longer than any store takes. What failed
-- last time comes last. Two instances that claim at once skip each other's rows.
WITH due AS (
    SELECT object_key
    FROM stray_objects
    WHERE next_try_at <= clock_timestamp()
    ORDER BY next_try_at
    LIMIT $1
    FOR UPDATE SKIP LOCKED
)
UPDATE stray_objects s
SET next_try_at = clock_timestamp() + interval '2 minutes'
FROM due
WHERE s.object_key = due.object_key
RETURNING s.object_key
