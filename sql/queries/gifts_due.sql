-- Finished avatars in the held shards ($1, epochs $2) whose first pictures are due, the longest
-- waiting first, at most $3; with what has to be known of each before an order.
SELECT a.id, a.name, a.training_type::text AS training_type, a.status::text AS status,
       coalesce(a.trigger_phrase, '') AS trigger, a.gender, coalesce(a.fal_endpoint, '') AS trainer,
       true AS has_weights, a.consent_version, u.picture_shape, u.picture_count,
       u.banned_at IS NOT NULL AS banned, held.epoch
FROM avatars a
JOIN unnest($1::smallint[], $2::bigint[]) AS held (shard, epoch) ON held.shard = a.shard
JOIN users u ON u.id = a.user_id
WHERE a.gift = 'due' AND a.gift_try_at <= now() AND a.status = 'completed' AND a.deleted_at IS NULL
  AND a.lora_object_key IS NOT NULL
ORDER BY a.gift_try_at
LIMIT $3
