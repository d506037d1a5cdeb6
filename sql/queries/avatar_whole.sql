-- For the operator: one avatar, who owns it and who watches it. Reads no address and no nonce.
SELECT a.id, a.name, a.training_type::text, a.status::text, a.is_main, a.attempt, a.created_at,
       a.updated_at, a.training_started_at,
       (SELECT count(*) FROM avatar_photos p WHERE p.avatar_id = a.id) AS photos,
       u.telegram_id, u.blocked_at,
       a.fal_endpoint, a.fal_request_id, a.trigger_phrase, a.steps, a.learning_rate,
       a.submit_nonce IS NOT NULL AS intended, a.submit_sent_at,
       a.submit_archive IS NOT NULL AND a.fal_request_id IS NULL AS searchable, a.training_progress,
       a.queue_position, a.training_logs, a.last_status_check, a.fal_finished_at, a.withdraw_due,
       a.training_completed_at, a.result_source, a.training_error,
       a.diffusers_lora_file_url IS NOT NULL AS weights_named,
       a.lora_object_key, a.lora_sha256, a.lora_byte_size, a.audited_at,
       a.work_tries,
       CASE WHEN a.parked_until > clock_timestamp() THEN a.parked_until END AS parked_until,
       a.watched, a.hears, a.shard, l.owner, i.heartbeat_at,
       coalesce(l.owner IS NOT NULL AND l.lease_until > clock_timestamp(), false) AS held,
       clock_timestamp() AS now
FROM avatars a
JOIN users u ON u.id = a.user_id
LEFT JOIN leases l ON l.resource = 'shard/' || a.shard
LEFT JOIN instances i ON i.id = l.owner
WHERE a.id = $1
