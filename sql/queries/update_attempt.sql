-- No row if it is already handled: it may reach us twice around a crash or a take-over.
UPDATE telegram_updates SET tries = tries + 1
WHERE update_id = $1 AND handled_at IS NULL
RETURNING tries
