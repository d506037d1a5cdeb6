-- Nobody knows its fate, and the operator wants it sent once more; marked for ever.
UPDATE outbox
SET status = 'pending', repeats = repeats + 1, next_try_at = clock_timestamp(), last_error = $2
WHERE id = $1 AND status = 'sending'
