-- A failed or cancelled avatar accepts photos again; its attempts and their history stay. Not while
-- FAL still has to be told about the last one, because the row has room for one job's name.
WITH mine AS (
    SELECT a.id, a.status::text AS status,
           (a.withdraw_due
            OR (a.fal_request_id IS NULL
                AND coalesce(a.submit_sent_at > clock_timestamp() - interval '2 minutes', false))) AS leaving,
           (SELECT count(*) FROM avatar_photos p WHERE p.avatar_id = a.id) AS photos
    FROM avatars a
    WHERE a.id = $1 AND a.user_id = $2 AND a.deleted_at IS NULL
), reopened AS (
    UPDATE avatars a
    SET status = CASE WHEN mine.photos >= $3::bigint THEN 'ready' WHEN mine.photos > 0 THEN 'uploading'
                      ELSE 'draft' END::avatar_status,
        updated_at = now()
    FROM mine
    WHERE a.id = mine.id AND a.status IN ('error', 'cancelled') AND NOT mine.leaving
      AND NOT a.withdraw_due AND a.deleted_at IS NULL
    RETURNING a.id, a.attempt
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind)
    SELECT id, attempt, 'user', 'reopened' FROM reopened
)
SELECT mine.status, mine.leaving, EXISTS (SELECT FROM reopened) AS reopened
FROM mine
