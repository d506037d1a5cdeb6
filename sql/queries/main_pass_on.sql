-- A person with a usable avatar has a main one: the newest, if the main one was deleted. Runs after
-- the deletion, and again when its rows go, because a completion may have come in between.
UPDATE avatars h
SET is_main = true, updated_at = now()
FROM (
    SELECT a.id
    FROM avatars a
    WHERE a.user_id = $1 AND a.status = 'completed' AND NOT a.hears AND a.deleted_at IS NULL
    ORDER BY a.training_completed_at DESC NULLS LAST, a.id DESC
    LIMIT 1
) AS newest
WHERE h.id = newest.id AND h.deleted_at IS NULL
  AND NOT EXISTS (SELECT FROM avatars m WHERE m.user_id = $1 AND m.is_main)
