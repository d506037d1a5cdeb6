SELECT count(*) AS avatars,
       coalesce(sum((SELECT count(*) FROM avatar_photos p WHERE p.avatar_id = a.id)), 0)::bigint AS photos,
       count(*) FILTER (WHERE a.status = 'training') AS trainings,
       coalesce((SELECT w.posted FROM accounts w WHERE w.user_id = $1), 0)::bigint AS credits
FROM avatars a
WHERE a.user_id = $1 AND a.deleted_at IS NULL
