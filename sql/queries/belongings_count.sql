SELECT count(*) AS avatars,
       coalesce(sum((SELECT count(*) FROM avatar_photos p WHERE p.avatar_id = a.id)), 0)::bigint AS photos,
       count(*) FILTER (WHERE a.status = 'training') AS trainings
FROM avatars a
WHERE a.user_id = $1 AND a.deleted_at IS NULL
