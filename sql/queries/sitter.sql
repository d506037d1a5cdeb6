-- What has to be known of an avatar ($2) of this person ($1) before an order: its trigger and subject,
-- whether its owner agreed, what they chose last, and whether they may order at all.
SELECT a.id, a.name, a.training_type::text AS training_type, a.status::text AS status,
       coalesce(a.trigger_phrase, '') AS trigger, a.gender, coalesce(a.fal_endpoint, '') AS trainer,
       a.lora_object_key IS NOT NULL AS has_weights, a.consent_version,
       u.picture_shape, u.picture_count, u.banned_at IS NOT NULL AS banned
FROM avatars a
JOIN users u ON u.id = a.user_id
WHERE a.user_id = $1 AND a.deleted_at IS NULL
  AND CASE WHEN $2::uuid IS NULL THEN a.status = 'completed' ELSE a.id = $2 END
-- without an avatar: the main one, or the latest
ORDER BY a.is_main DESC, a.training_completed_at DESC NULLS LAST
LIMIT 1
