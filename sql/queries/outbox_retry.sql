-- Certainly not sent: it keeps its place. Waiting as told ($4 false) is no failed try.
UPDATE outbox
SET status = 'pending', next_try_at = clock_timestamp() + make_interval(secs => $2), last_error = $3,
    tries = CASE WHEN $4 THEN tries ELSE greatest(tries - 1, 0) END,
    failing_since = CASE WHEN $4 THEN coalesce(failing_since, clock_timestamp())
                         ELSE failing_since END
WHERE id = $1 AND status IN ('sending', 'pending')
