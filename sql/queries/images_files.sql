-- A person's pictures as files, the oldest first, at most $2.
SELECT i.id, i.object_key, i.byte_size, i.content_type, i.created_at, coalesce(a.name, '') AS name
FROM images i
LEFT JOIN avatars a ON a.id = i.avatar_id AND a.deleted_at IS NULL
WHERE i.user_id = $1
ORDER BY i.created_at, i.id
LIMIT $2::bigint
