-- Deleted avatars of these shards ($1) with nothing in flight any more: FAL knows of the
-- cancellation, and no submit is waiting for its answer. Those that failed last time come last.
SELECT a.id, a.lora_object_key,
       ARRAY(SELECT p.object_key FROM avatar_photos p WHERE p.avatar_id = a.id) AS photos
FROM avatars a
WHERE a.deleted_at IS NOT NULL AND NOT a.withdraw_due
  AND NOT (a.fal_request_id IS NULL
           AND coalesce(a.submit_sent_at > clock_timestamp() - interval '2 minutes', false))
  AND a.shard = ANY ($1)
ORDER BY a.updated_at
LIMIT $2
