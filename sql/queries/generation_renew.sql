-- FAL could not read the weights at their address: under the same purchase they are uploaded again
-- and submitted again, at most $4 times. A new nonce keeps late news of the first submit away; its
-- name is never learnt again.
WITH was AS (
    SELECT id, kind, fal_request_id, nonce, submit_prepared, avatar_id FROM jobs WHERE id = $1
), renewed AS (
    UPDATE jobs j
    SET former_requests = CASE WHEN j.fal_request_id IS NULL THEN j.former_requests
                               ELSE j.former_requests || j.fal_request_id END,
        renewals = j.renewals + 1, fal_request_id = NULL, submit_sent_at = NULL,
        submit_prepared = NULL, submit_doubted_at = NULL, finished_at = NULL, files = 'null',
        looked_at = NULL, queue_position = NULL, nonce = fresh.nonce,
        webhook_url = replace(j.webhook_url, j.nonce::text, fresh.nonce::text), updated_at = now()
    FROM leases l, (SELECT gen_random_uuid() AS nonce) AS fresh
    WHERE j.id = $1 AND j.status = 'running' AND j.renewals < $4
      AND l.resource = 'shard/' || j.shard AND l.epoch = $2 AND l.owner = $3
    RETURNING j.id
), gone AS (
    DELETE FROM fal_weights f USING was, renewed
    WHERE f.avatar_id = was.avatar_id AND f.url = was.submit_prepared
), heard AS (
    UPDATE webhook_inbox w
    SET processed_at = clock_timestamp(), outcome = 'renewed'
    FROM was, renewed
    WHERE w.processed_at IS NULL AND (w.request_id = was.fal_request_id OR w.nonce = was.nonce)
), payloads AS (
    INSERT INTO fal_chores (kind, request_id, why, job_kind, job_id)
    SELECT 'delete_payloads', was.fal_request_id, 'renewed', was.kind, was.id
    FROM was, renewed
    WHERE was.fal_request_id IS NOT NULL
    ON CONFLICT (request_id, kind) DO NOTHING
)
INSERT INTO job_events (job_id, source, kind, detail)
SELECT id, $5, 'renewed', jsonb_build_object('why', $6::text) FROM renewed
RETURNING id
