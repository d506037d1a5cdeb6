-- Bookings older than $1 seconds count for no limit any more; deletes at most $2 rows at a time.
-- Two sweeps at once skip each other's rows.
DELETE FROM spendings
WHERE id IN (
    SELECT id FROM spendings
    WHERE at < now() - make_interval(secs => $1)
    ORDER BY at
    LIMIT $2
    FOR UPDATE SKIP LOCKED)
