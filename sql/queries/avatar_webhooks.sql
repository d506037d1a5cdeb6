-- Of all attempts: a retry clears the job's name in the row, but its events keep it. A webhook
-- whose job was never named to us is found by the nonce in its address.
WITH names AS (
    SELECT DISTINCT ON (request) request, attempt
    FROM (SELECT fal_request_id AS request, attempt FROM avatars WHERE id = $1
          UNION ALL
          SELECT detail ->> 'request', attempt FROM training_events
          WHERE avatar_id = $1 AND kind = 'submit_accepted') AS named
    WHERE request IS NOT NULL
    ORDER BY request, attempt
), ours AS (
    SELECT w.id, names.attempt FROM names JOIN webhook_inbox w ON w.request_id = names.request
    UNION
    SELECT w.id, a.attempt
    FROM avatars a
    JOIN webhook_inbox w ON w.nonce = a.submit_nonce
    WHERE a.id = $1 AND NOT EXISTS (SELECT FROM names WHERE names.request = w.request_id)
)
SELECT ours.attempt, w.received_at, w.request_id, w.body, w.deliveries, w.processed_at, w.outcome
FROM ours
JOIN webhook_inbox w ON w.id = ours.id
ORDER BY w.id
