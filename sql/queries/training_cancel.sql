-- Final for us at once; FAL is told by the training's actor, which finds withdraw_due in the row.
-- A person cancels what is theirs ($2); an operator, who gives no person, cancels anybody's.
-- A name that only a stored webhook has is taken from it: that webhook is not read again.
WITH mine AS (
    SELECT a.id,
           (SELECT w.request_id FROM webhook_inbox w
            WHERE w.nonce = a.submit_nonce AND w.processed_at IS NULL
            ORDER BY w.id LIMIT 1) AS request
    FROM avatars a
    WHERE a.id = $1 AND ($2::uuid IS NULL OR a.user_id = $2) AND a.deleted_at IS NULL
), cancelled AS (
    UPDATE avatars a
    SET status = 'cancelled', fal_request_id = coalesce(a.fal_request_id, mine.request),
        withdraw_due = coalesce(a.fal_request_id, mine.request) IS NOT NULL, queue_position = NULL, updated_at = now()
    FROM mine
    WHERE a.id = mine.id AND a.status = 'training'
    RETURNING a.id, a.attempt, a.user_id, a.fal_endpoint, a.fal_request_id, a.submit_nonce
), told AS (
    INSERT INTO outbox (user_id, avatar_id, job_kind, job_id, attempt, kind)
    SELECT user_id, id, 'training', id, attempt, 'cancelled' FROM cancelled
    ON CONFLICT DO NOTHING
), others AS (
    -- A stored call by our nonce about another job, not processed yet: bought twice. Cancelled,
    -- too.
    INSERT INTO fal_chores (kind, request_id, endpoint, avatar_id, why)
    SELECT DISTINCT ON (w.request_id)
           'cancel', w.request_id, coalesce(c.fal_endpoint, ''), c.id, 'bought_twice'
    FROM cancelled c JOIN webhook_inbox w ON w.nonce = c.submit_nonce
    WHERE w.processed_at IS NULL AND w.request_id <> c.fal_request_id
    ON CONFLICT (request_id, kind) DO NOTHING
    RETURNING request_id
), twice AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT c.id, c.attempt, $3, 'bought_twice', jsonb_build_object('request', others.request_id)
    FROM cancelled c, others
), heard AS (
    UPDATE webhook_inbox w
    SET processed_at = clock_timestamp(), outcome = 'cancelled'
    FROM cancelled
    WHERE w.processed_at IS NULL
      AND (w.request_id = cancelled.fal_request_id OR w.nonce = cancelled.submit_nonce)
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT id, attempt, $3, 'transition', jsonb_build_object('to', 'cancelled') FROM cancelled
)
SELECT EXISTS (SELECT FROM mine) AS mine, EXISTS (SELECT FROM cancelled) AS cancelled,
       EXISTS (SELECT FROM cancelled WHERE fal_request_id IS NOT NULL) AS named
