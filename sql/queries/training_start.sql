-- One guarded statement decides: yours, startable, photos enough, nothing of an older attempt
-- still on its way to FAL. Of twenty presses one finds the row as it was.
-- A person starts what is theirs ($2), in the message of their press ($9); an operator, who gives no
-- person, starts again what failed or was cancelled, whoever's it is, where it was shown before.
WITH mine AS (
    SELECT a.id, a.status::text AS status,
           (a.withdraw_due
            OR (a.fal_request_id IS NULL
                AND coalesce(a.submit_sent_at > clock_timestamp() - interval '2 minutes', false))) AS leaving,
           (SELECT count(*) FROM avatar_photos p WHERE p.avatar_id = a.id) AS photos
    FROM avatars a
    WHERE a.id = $1 AND ($2::uuid IS NULL OR a.user_id = $2) AND a.deleted_at IS NULL
), started AS (
    UPDATE avatars a
    SET status = 'training', attempt = a.attempt + 1, fal_endpoint = $3, trigger_phrase = $4,
        steps = $5, learning_rate = $6, webhook_url = $7, submit_nonce = $8,
        status_message_id = CASE WHEN $2::uuid IS NULL THEN a.status_message_id ELSE $9 END, training_started_at = clock_timestamp(), training_progress = 0,
        submit_sent_at = NULL, submit_archive = NULL, submit_doubted_at = NULL, fal_request_id = NULL, fal_finished_at = NULL,
        queue_position = NULL, last_status_check = NULL, training_logs = NULL,
        audited_at = NULL, training_completed_at = NULL, training_error = NULL, result_source = NULL,
        diffusers_lora_file_url = NULL, config_file_url = NULL, fal_response_data = '{}',
        lora_object_key = NULL, lora_sha256 = NULL, lora_byte_size = NULL, config_object_key = NULL, finetune_id = NULL,
        updated_at = now()
    FROM mine
    WHERE a.id = mine.id
      AND a.status IN ('draft', 'uploading', 'ready', 'error', 'cancelled')
      AND ($2::uuid IS NOT NULL OR a.status IN ('error', 'cancelled'))
      AND a.deleted_at IS NULL
      AND NOT mine.leaving
      AND mine.photos >= $10::bigint
    RETURNING a.id, a.attempt
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT id, attempt, $11, 'started', jsonb_build_object('endpoint', $3::text, 'steps', $5::int)
    FROM started
)
SELECT mine.status, mine.leaving, mine.photos, EXISTS (SELECT FROM started) AS started
FROM mine
