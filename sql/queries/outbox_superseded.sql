-- The attempt ended otherwise than this notice says: it is not sent, and there must be a notice of
-- the end that stands. Mostly there is, written with that end.
WITH dead AS (
    UPDATE outbox
    SET status = 'dead', dead_reason = 'superseded',
        last_error = 'the attempt ended otherwise meanwhile'
    WHERE id = $1 AND status IN ('sending', 'uncertain')
    RETURNING job_kind, avatar_id
)
INSERT INTO outbox (user_id, avatar_id, job_kind, job_id, attempt, kind, payload)
SELECT a.user_id, a.id, 'training', a.id, a.attempt,
       CASE WHEN a.status = 'completed' AND a.result_source LIKE 'fallback:%' THEN 'placeholder'
            WHEN a.status = 'completed' THEN 'ready'
            WHEN a.status = 'error' THEN 'failed'
            ELSE 'cancelled' END,
       jsonb_build_object('reason', coalesce(a.training_error, ''))
FROM dead
JOIN avatars a ON a.id = dead.avatar_id AND coalesce(dead.job_kind, 'training') = 'training'
WHERE a.status IN ('completed', 'error', 'cancelled') AND a.deleted_at IS NULL
ON CONFLICT DO NOTHING
