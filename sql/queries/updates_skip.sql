-- More than may wait in its chat: kept for the operator, and not handled.
UPDATE telegram_updates
SET handled_at = clock_timestamp(), outcome = 'too many at once'
WHERE update_id = ANY ($1::bigint[]) AND handled_at IS NULL
