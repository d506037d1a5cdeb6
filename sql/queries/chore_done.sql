-- FAL answered ($3), or its answer is no longer waited for. If the job was cancelled as a
-- duplicate, nobody needs it: what FAL stored for it is deleted an hour later, when it has surely
-- stopped.
WITH done AS (
    UPDATE fal_chores
    SET done_at = clock_timestamp(), answer = $3
    WHERE kind = $1 AND request_id = $2 AND done_at IS NULL
    RETURNING kind, request_id, avatar_id
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT a.id, a.attempt, 'status-checker', 'orphan_cancelled',
           jsonb_build_object('request', done.request_id, 'answer', $3::text)
    FROM done
    JOIN avatars a ON a.id = done.avatar_id
    WHERE done.kind = 'cancel'
), payloads AS (
    INSERT INTO fal_chores (kind, request_id, avatar_id, why, next_try_at)
    SELECT 'delete_payloads', request_id, avatar_id, 'orphan', clock_timestamp() + interval '1 hour'
    FROM done
    WHERE kind = 'cancel'
    ON CONFLICT (request_id, kind) DO NOTHING
)
SELECT request_id FROM done
