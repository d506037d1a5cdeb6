-- What is older than $1 seconds counts for no limit any more; at most $2 rows at a time. Two sweeps
-- at once pass each other by.
DELETE FROM spendings
WHERE id IN (
    SELECT id FROM spendings
    WHERE at < now() - make_interval(secs => $1)
    ORDER BY at
    LIMIT $2
    FOR UPDATE SKIP LOCKED)
