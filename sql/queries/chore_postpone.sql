-- It failed ($4); again after $3 seconds.
UPDATE fal_chores
SET next_try_at = clock_timestamp() + make_interval(secs => $3), answer = $4
WHERE kind = $1 AND request_id = $2 AND done_at IS NULL
