-- Age in seconds of the oldest notice that waits.
SELECT coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8
FROM outbox
WHERE status = 'pending'
