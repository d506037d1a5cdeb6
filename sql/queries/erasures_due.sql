-- Deleted jobs of these shards ($1) of which nothing is on its way any more: the provider knows of the
-- cancellation, and no submit is waiting for its answer. An avatar waits for its other jobs. What
-- failed last time comes last.
SELECT kind, id, objects
FROM (
    (SELECT 'training' AS kind, a.id, a.updated_at,
            array_remove(ARRAY(SELECT p.object_key FROM avatar_photos p WHERE p.avatar_id = a.id)
                         || a.lora_object_key, NULL) AS objects
     FROM avatars a
     WHERE a.deleted_at IS NOT NULL AND NOT a.withdraw_due
       AND NOT (a.fal_request_id IS NULL
                AND coalesce(a.submit_sent_at > clock_timestamp() - interval '2 minutes', false))
       AND a.shard = ANY ($1)
       AND NOT EXISTS (SELECT FROM jobs j WHERE j.avatar_id = a.id)
     ORDER BY a.updated_at
     LIMIT $2)
    UNION ALL
    (SELECT j.kind, j.id, j.updated_at,
            ARRAY(SELECT f ->> 'key' FROM jsonb_array_elements(j.artifacts) AS f
                  WHERE f ->> 'key' IS NOT NULL) AS objects
     FROM jobs j
     WHERE j.deleted_at IS NOT NULL AND NOT j.withdraw_due
       AND NOT (j.fal_request_id IS NULL
                AND coalesce(j.submit_sent_at > clock_timestamp() - interval '2 minutes', false))
       AND j.shard = ANY ($1)
     ORDER BY j.updated_at
     LIMIT $2)
) AS due
ORDER BY updated_at
LIMIT $2
