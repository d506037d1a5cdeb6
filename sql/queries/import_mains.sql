-- Given avatars that were main in the older database, makes main their owners' newest avatar with a
-- real result, preferring the given ones. An owner who has a main avatar here keeps it.
WITH owners AS (
    SELECT DISTINCT a.user_id FROM avatars a WHERE a.id = ANY ($1)
), best AS (
    SELECT DISTINCT ON (a.user_id) a.id
    FROM avatars a
    JOIN owners ON owners.user_id = a.user_id
    WHERE (a.status = 'completed' AND coalesce(a.result_source, '') NOT LIKE 'fallback:%')
       OR (a.status = 'training' AND a.fal_finished_at IS NOT NULL
           AND a.diffusers_lora_file_url IS NOT NULL)
    ORDER BY a.user_id, a.id = ANY ($1) DESC,
             coalesce(a.training_completed_at, a.fal_finished_at) DESC NULLS LAST, a.id
)
UPDATE avatars a
SET is_main = true
FROM best
WHERE a.id = best.id
  AND NOT EXISTS (SELECT FROM avatars m WHERE m.user_id = a.user_id AND m.is_main)
RETURNING a.id
