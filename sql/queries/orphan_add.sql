-- A job at FAL that nobody waits for ($1) is to be cancelled there. Not one that some avatar is named
-- after. $2 endpoint  $3 avatar, if it is known  $4 why
WITH orphan AS (
    INSERT INTO fal_chores (kind, request_id, endpoint, avatar_id, why)
    SELECT 'cancel', $1::text, $2::text, $3::uuid, $4::text
    WHERE NOT EXISTS (SELECT FROM avatars o WHERE o.fal_request_id = $1)
    ON CONFLICT (request_id, kind) DO NOTHING
    RETURNING request_id, avatar_id
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT a.id, a.attempt, 'status-checker', 'bought_twice',
           jsonb_build_object('request', orphan.request_id)
    FROM orphan
    JOIN avatars a ON a.id = orphan.avatar_id
)
SELECT request_id FROM orphan
