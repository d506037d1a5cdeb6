SELECT p.id, p.width, p.height, p.object_key, p.perceptual_hash, p.verdict
FROM avatar_photos p
JOIN avatars a ON a.id = p.avatar_id
WHERE a.user_id = $1 AND a.id = $2 AND a.deleted_at IS NULL
ORDER BY p.position, p.id
