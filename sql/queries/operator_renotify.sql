-- The notice of the current attempt's end, once more: the operator says that the person did not get
-- it, or wants it again. Not while it is being sent, because its fate is not known yet.
WITH meant AS (
    SELECT o.id, o.kind, o.status AS was, o.sent_at, a.id AS avatar, a.attempt, a.status::text AS status
    FROM avatars a
    LEFT JOIN outbox o ON o.avatar_id = a.id AND o.attempt = a.attempt
        AND o.kind = CASE
            WHEN a.status = 'completed' AND a.result_source LIKE 'fallback:%' THEN 'placeholder'
            WHEN a.status = 'completed' THEN 'ready'
            WHEN a.status = 'error' THEN 'failed'
            WHEN a.status = 'cancelled' THEN 'cancelled' END
    WHERE a.id = $1
), again AS (
    UPDATE outbox o
    SET status = 'pending', tries = 0, next_try_at = clock_timestamp(), claimed_by = NULL,
        claimed_at = NULL, sent_at = NULL, repaired_at = NULL, telegram_message_id = NULL,
        last_error = NULL, dead_reason = NULL, failing_since = NULL, edits = 0
    FROM meant
    WHERE o.id = meant.id AND o.status <> 'sending'
    RETURNING o.id
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT avatar, attempt, 'operator', 'renotified',
           jsonb_build_object('notice', kind, 'was', was, 'sent_at', sent_at)
    FROM meant
    WHERE EXISTS (SELECT FROM again)
)
SELECT meant.status, meant.kind, meant.was, EXISTS (SELECT FROM again) AS again FROM meant
