-- As trainings_in_flight, for one avatar whose shard this instance holds; also one that ended by a
-- time-out, because the asker may know of a result.
SELECT a.id, a.attempt, l.epoch,
       coalesce(a.fal_endpoint, CASE a.training_type
           WHEN 'portrait' THEN $3 ELSE $4 END) AS endpoint,
       a.status::text, a.fal_request_id, a.submit_nonce IS NOT NULL AS intended,
       a.submit_sent_at, a.fal_finished_at, a.training_completed_at,
       a.diffusers_lora_file_url, a.withdraw_due, a.hears,
       coalesce(a.training_started_at, a.updated_at) AS started_at, a.config_file_url,
       a.submit_archive, coalesce(a.submit_doubted_at >= a.submit_sent_at, false) AS doubted
FROM avatars a
JOIN leases l ON l.resource = 'shard/' || a.shard
WHERE a.id = $1 AND l.owner = $2
  AND (a.watched
       OR (a.hears
           AND (a.fal_request_id IS NOT NULL
                OR EXISTS (SELECT FROM webhook_inbox w
                           WHERE w.nonce = a.submit_nonce AND w.processed_at IS NULL))))
