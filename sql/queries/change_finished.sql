-- FAL has finished. The address is saved before it is followed; a placeholder's stays until the
-- weights are stored.
WITH changed AS (
    UPDATE avatars a
    SET fal_finished_at = coalesce(a.fal_finished_at, clock_timestamp()),
        last_status_check = clock_timestamp(), queue_position = NULL,
        diffusers_lora_file_url = CASE
            WHEN a.result_source LIKE 'fallback:%' THEN a.diffusers_lora_file_url
            ELSE coalesce($8, a.diffusers_lora_file_url) END,
        config_file_url = coalesce($9, a.config_file_url),
        fal_response_data = coalesce($10, a.fal_response_data), updated_at = now()
    FROM leases l
    WHERE a.id = $1 AND a.attempt = $2
      AND l.resource = 'shard/' || a.shard AND l.epoch = $3 AND l.owner = $4
      AND a.hears
    RETURNING a.id, a.attempt
), heard AS (
    UPDATE webhook_inbox w
    SET processed_at = clock_timestamp(), outcome = 'finished'
    FROM changed
    WHERE w.id = $11
)
INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
SELECT id, attempt, $5, $6, $7 FROM changed
RETURNING id
