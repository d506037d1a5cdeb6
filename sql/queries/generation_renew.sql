-- FAL could not read the weights at their address: under the same purchase they are uploaded again
-- and submitted again, at most $4 times. A new nonce keeps late news of the former submit away; its
-- name is never learnt again. A new seed tells the two apart in FAL's history: a search that found
-- the former one would have the present one cancelled as a second purchase. Safe to repeat: what was
-- renewed and not sent since stays as it is, and the answer is the same.
WITH was AS (
    SELECT j.id, j.kind, j.fal_endpoint, j.fal_request_id, j.nonce, j.submit_prepared, j.avatar_id,
           j.renewals, j.fal_request_id IS NULL AND j.submit_sent_at IS NULL AS unsent
    FROM jobs j JOIN leases l ON l.resource = 'shard/' || j.shard
    WHERE j.id = $1 AND j.status = 'running' AND l.epoch = $2 AND l.owner = $3
), renewed AS (
    UPDATE jobs j
    SET former_requests = CASE WHEN j.fal_request_id IS NULL THEN j.former_requests
                               ELSE j.former_requests || j.fal_request_id END,
        former_nonces = j.former_nonces || j.nonce, renewals = j.renewals + 1,
        fal_request_id = NULL, submit_sent_at = NULL, submit_doubted_at = NULL, finished_at = NULL, files = 'null',
        looked_at = NULL, queue_position = NULL, nonce = fresh.nonce,
        parameters = j.parameters
            || jsonb_build_object('seed', floor(random() * 4294967296)::bigint),
        webhook_url = replace(j.webhook_url, j.nonce::text, fresh.nonce::text), updated_at = now()
    FROM leases l, (SELECT gen_random_uuid() AS nonce) AS fresh
    WHERE j.id = $1 AND j.status = 'running' AND j.renewals < $4
      AND (j.fal_request_id IS NOT NULL OR j.submit_sent_at IS NOT NULL)
      AND l.resource = 'shard/' || j.shard AND l.epoch = $2 AND l.owner = $3
    RETURNING j.id
), gone AS (
    DELETE FROM fal_weights f USING was, renewed
    -- a variation names its source behind them
    WHERE f.avatar_id = was.avatar_id AND f.url = split_part(was.submit_prepared, ' ', 1)
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
), others AS (
    -- A stored call by our nonce about another job, not processed yet: bought twice. Cancelled at
    -- FAL.
    INSERT INTO fal_chores (kind, request_id, endpoint, why, job_kind, job_id)
    SELECT DISTINCT ON (w.request_id)
           'cancel', w.request_id, was.fal_endpoint, 'bought_twice', was.kind, was.id
    FROM was JOIN renewed USING (id) JOIN webhook_inbox w ON w.nonce = was.nonce
    WHERE w.processed_at IS NULL AND w.request_id <> was.fal_request_id
    ON CONFLICT (request_id, kind) DO NOTHING
    RETURNING request_id
), noted AS (
    INSERT INTO job_events (job_id, source, kind, detail)
    SELECT id, $5, 'renewed', jsonb_build_object('why', $6::text) FROM renewed
    UNION ALL
    SELECT renewed.id, $5, 'bought_twice', jsonb_build_object('request', others.request_id)
    FROM renewed, others
)
SELECT id FROM renewed
UNION ALL
SELECT id FROM was WHERE renewals > 0 AND unsent
