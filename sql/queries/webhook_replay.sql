-- An operator's command to process a webhook once more. It is put back only if it can still change
-- something; the watcher of the avatar then handles it as if it had just come, so a second command
-- changes nothing more.
WITH asked AS (
    SELECT w.id, w.request_id, w.processed_at, w.outcome, r.kind, r.id AS job, r.attempt, r.hears
    FROM webhook_inbox w
    LEFT JOIN LATERAL (
        SELECT kind, id, attempt, hears FROM job_routes WHERE request_id = w.request_id
        UNION ALL
        SELECT kind, id, attempt, hears FROM job_routes
        WHERE nonce = w.nonce AND request_id IS NULL
        LIMIT 1
    ) r ON true
    WHERE w.id = $1
), again AS (
    UPDATE webhook_inbox w
    SET processed_at = NULL, outcome = NULL
    FROM asked
    WHERE w.id = asked.id AND asked.hears AND w.processed_at IS NOT NULL
    RETURNING w.id
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT job, attempt, 'operator', 'webhook_replayed',
           jsonb_build_object('webhook', id, 'before', outcome)
    FROM asked
    WHERE kind = 'training' AND EXISTS (SELECT FROM again)
), noted_of_job AS (
    INSERT INTO job_events (job_id, source, kind, detail)
    SELECT job, 'operator', 'webhook_replayed',
           jsonb_build_object('webhook', id, 'before', outcome)
    FROM asked
    WHERE kind <> 'training' AND EXISTS (SELECT FROM again)
)
SELECT request_id, kind, job, hears, processed_at IS NULL AS waited, outcome,
       (SELECT l.owner FROM leases l
        WHERE l.resource = 'shard/' || get_byte(uuid_send(asked.job), 15)
          AND l.lease_until > clock_timestamp()) AS owner
FROM asked
