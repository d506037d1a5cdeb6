-- The webhooks about a job, by its names at the provider: those of the row and of its events, because
-- a job that is submitted again under the same purchase gets another name. A webhook whose job was
-- never named to us is found by the nonce in its address.
WITH names AS (
    SELECT fal_request_id AS request FROM jobs WHERE id = $1
    UNION
    SELECT detail ->> 'request' FROM job_events WHERE job_id = $1 AND kind = 'submit_accepted'
), ours AS (
    SELECT w.id FROM names JOIN webhook_inbox w ON w.request_id = names.request
    UNION
    SELECT w.id FROM jobs j JOIN webhook_inbox w ON w.nonce = j.nonce WHERE j.id = $1
)
SELECT 1 AS attempt, w.received_at, w.request_id, w.body, w.deliveries, w.processed_at, w.outcome
FROM ours
JOIN webhook_inbox w ON w.id = ours.id
ORDER BY w.id
