-- A repeated or outdated webhook: processed, without effect.
UPDATE webhook_inbox
SET processed_at = clock_timestamp(), outcome = 'nothing_new'
WHERE id = $1 AND processed_at IS NULL
RETURNING id
