-- A repeated or outdated webhook: processed, without effect. Fenced as every decision is: an
-- instance that lost the lease may not put away what the present watcher still has to read. No row:
-- no longer ours. A webhook that is processed already stays as it is.
WITH ours AS (
    SELECT a.id
    FROM avatars a
    JOIN leases l ON l.resource = 'shard/' || a.shard
    WHERE a.id = $1 AND l.epoch = $2 AND l.owner = $3
), heard AS (
    UPDATE webhook_inbox
    SET processed_at = clock_timestamp(), outcome = 'nothing_new'
    WHERE id = $4 AND processed_at IS NULL AND EXISTS (SELECT FROM ours)
)
SELECT id FROM ours
