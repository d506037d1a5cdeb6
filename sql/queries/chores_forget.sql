-- Chores that were done $1 seconds ago, at most $2.
DELETE FROM fal_chores
WHERE (request_id, kind) IN (
    SELECT request_id, kind
    FROM fal_chores
    WHERE done_at < clock_timestamp() - make_interval(secs => $1)
    ORDER BY done_at
    LIMIT $2
    FOR UPDATE SKIP LOCKED)
