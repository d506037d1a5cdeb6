-- Certainly not sent: it keeps its place.
UPDATE outbox
SET status = 'pending', next_try_at = clock_timestamp() + make_interval(secs => $2), last_error = $3
WHERE id = $1 AND status IN ('sending', 'pending')
