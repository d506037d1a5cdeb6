-- The main avatar first, then the newest.
SELECT a.id, a.name, a.training_type::text, a.status::text, a.is_main, a.training_progress,
       a.queue_position, a.training_error,
       (SELECT count(*) FROM avatar_photos p WHERE p.avatar_id = a.id) AS photos,
       a.fal_finished_at IS NOT NULL AND a.status = 'training' AS fetching,
       a.hears AND a.status = 'completed' AS provisional
FROM avatars a
WHERE a.user_id = $1 AND a.deleted_at IS NULL
ORDER BY a.is_main DESC, a.created_at DESC
LIMIT 100
