-- An operator cancels a running job that is no training, as training_cancel.sql does: final for us at
-- once; the provider is told by the job's actor, which finds withdraw_due in the row. A name that only
-- a stored webhook has is taken from it: that webhook is not read again. No notice: the status message
-- tells its owner.
WITH named AS (
    SELECT j.id,
           (SELECT w.request_id FROM webhook_inbox w
            WHERE w.nonce = j.nonce AND w.processed_at IS NULL
            ORDER BY w.id LIMIT 1) AS request
    FROM jobs j
    WHERE j.id = $1
), cancelled AS (
    UPDATE jobs j
    SET status = 'cancelled', fal_request_id = coalesce(j.fal_request_id, named.request),
        withdraw_due = coalesce(j.fal_request_id, named.request) IS NOT NULL,
        queue_position = NULL, parked_until = NULL, updated_at = now()
    FROM named
    WHERE j.id = named.id AND j.status = 'running'
    RETURNING j.id, j.kind, j.fal_endpoint, j.fal_request_id, j.nonce
), others AS (
    -- A stored call by our nonce about another job, not processed yet: bought twice. Cancelled, too.
    INSERT INTO fal_chores (kind, request_id, endpoint, why, job_kind, job_id)
    SELECT DISTINCT ON (w.request_id)
           'cancel', w.request_id, c.fal_endpoint, 'bought_twice', c.kind, c.id
    FROM cancelled c JOIN webhook_inbox w ON w.nonce = c.nonce
    WHERE w.processed_at IS NULL AND w.request_id <> c.fal_request_id
    ON CONFLICT (request_id, kind) DO NOTHING
    RETURNING request_id
), heard AS (
    UPDATE webhook_inbox w
    SET processed_at = clock_timestamp(), outcome = 'cancelled'
    FROM cancelled c
    WHERE w.processed_at IS NULL AND (w.request_id = c.fal_request_id OR w.nonce = c.nonce)
), noted AS (
    INSERT INTO job_events (job_id, source, kind, detail)
    SELECT c.id, 'operator', 'bought_twice', jsonb_build_object('request', others.request_id)
    FROM cancelled c, others
    UNION ALL
    SELECT id, 'operator', 'transition', jsonb_build_object('to', 'cancelled') FROM cancelled
)
SELECT id FROM cancelled
