-- A few objects that must exist in the store that belongs to these rows.
(SELECT p.object_key
 FROM avatar_photos p JOIN avatars a ON a.id = p.avatar_id
 WHERE a.deleted_at IS NULL
 LIMIT $1)
UNION ALL
(SELECT object_key FROM images LIMIT $1)
UNION ALL
(SELECT lora_object_key AS object_key
 FROM avatars
 WHERE lora_object_key IS NOT NULL AND deleted_at IS NULL
 LIMIT $1)
