-- As training_cancel, of a row of jobs: final for us at once; FAL is told by the job's actor. A
-- person cancels what is theirs ($2); an operator, who gives no person, cancels anybody's. $3 source
WITH mine AS (
    SELECT j.id,
           (SELECT w.request_id FROM webhook_inbox w
            WHERE w.nonce = j.nonce AND w.processed_at IS NULL
            ORDER BY w.id LIMIT 1) AS request
    FROM jobs j
    WHERE j.id = $1 AND ($2::uuid IS NULL OR j.user_id = $2) AND j.deleted_at IS NULL
), cancelled AS (
    UPDATE jobs j
    SET status = 'cancelled', fal_request_id = coalesce(j.fal_request_id, mine.request),
        withdraw_due = coalesce(j.fal_request_id, mine.request) IS NOT NULL, queue_position = NULL,
        updated_at = now()
    FROM mine
    WHERE j.id = mine.id AND j.status IN ('running', 'draft')
    RETURNING j.id, j.kind, j.fal_endpoint, j.fal_request_id, j.nonce
), others AS (
    -- A stored call by our nonce about another job, not processed yet: bought twice. Cancelled,
    -- too.
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
    FROM cancelled
    WHERE w.processed_at IS NULL
      AND (w.request_id = cancelled.fal_request_id OR w.nonce = cancelled.nonce)
), noted AS (
    INSERT INTO job_events (job_id, source, kind, detail)
    SELECT id, $3, 'transition', jsonb_build_object('to', 'cancelled') FROM cancelled
    UNION ALL
    SELECT c.id, $3, 'bought_twice', jsonb_build_object('request', others.request_id)
    FROM cancelled c, others
)
SELECT EXISTS (SELECT FROM mine) AS mine, EXISTS (SELECT FROM cancelled) AS cancelled,
       EXISTS (SELECT FROM cancelled WHERE fal_request_id IS NOT NULL) AS named
