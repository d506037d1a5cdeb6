-- A batch of avatars with their events and notices. A row that is already here stays as it is,
-- because its life went on here. A request id that another row here has stays with that row. What its
-- owner deleted here does not come back.
WITH given AS (
    SELECT r.*, u.id AS user_id,
           EXISTS (SELECT FROM avatars a WHERE a.id = r.id) AS here,
           EXISTS (SELECT FROM avatars a
                   WHERE a.fal_request_id = r.fal_request_id AND a.id <> r.id) AS claimed,
           EXISTS (SELECT FROM erasures e WHERE e.avatar_id = r.id) AS erased
    FROM jsonb_to_recordset($1) AS r
        (id uuid, telegram_id bigint, name text, status text, gender text, attempt integer,
         training_type text, fal_endpoint text, fal_request_id text, trigger_phrase text,
         steps integer, learning_rate double precision, multiresolution_training boolean,
         subject_crop boolean, create_masks boolean, captioning boolean, fal_priority text,
         finetune_type text, finetune_comment text, webhook_url text,
         training_started_at timestamptz, training_progress integer, last_status_check timestamptz,
         training_logs text, fal_finished_at timestamptz, training_completed_at timestamptz,
         training_error text, result_source text, diffusers_lora_file_url text,
         config_file_url text, fal_response_data jsonb, finetune_id text, created_at timestamptz,
         updated_at timestamptz, event jsonb, notice text, notice_sent timestamptz)
    LEFT JOIN users u ON u.telegram_id = r.telegram_id
), put AS (
    INSERT INTO avatars
        (id, user_id, name, status, gender, attempt, training_type, fal_endpoint, fal_request_id,
         trigger_phrase, steps, learning_rate, multiresolution_training, subject_crop, create_masks,
         captioning, fal_priority, finetune_type, finetune_comment, webhook_url,
         training_started_at, training_progress, last_status_check, training_logs, fal_finished_at,
         training_completed_at, training_error, result_source, diffusers_lora_file_url,
         config_file_url, fal_response_data, finetune_id, created_at, updated_at, gift)
    SELECT id, user_id, name, status::avatar_status, gender, attempt,
           training_type::avatar_training_type, fal_endpoint, fal_request_id, trigger_phrase, steps,
           learning_rate, multiresolution_training, subject_crop, create_masks, captioning,
           fal_priority::fal_priority, finetune_type::fal_finetune_type, finetune_comment,
           webhook_url, training_started_at, training_progress, last_status_check, training_logs,
           fal_finished_at, training_completed_at, training_error, result_source,
           diffusers_lora_file_url, config_file_url, coalesce(fal_response_data, '{}'), finetune_id,
           coalesce(created_at, now()), coalesce(updated_at, now()),
           'missed' -- its first pictures were those of the older Aisha
    FROM given
    WHERE user_id IS NOT NULL AND NOT here AND NOT claimed AND NOT erased
    ON CONFLICT DO NOTHING
    RETURNING id
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT given.id, given.attempt, 'import', 'imported', given.event
    FROM given JOIN put ON put.id = given.id
), told AS (
    INSERT INTO outbox (user_id, avatar_id, attempt, kind, payload, status, sent_at)
    SELECT given.user_id, given.id, given.attempt, given.notice,
           jsonb_build_object('reason', given.training_error),
           CASE WHEN given.notice_sent IS NULL THEN 'pending' ELSE 'sent' END, given.notice_sent
    FROM given JOIN put ON put.id = given.id
    WHERE given.notice IS NOT NULL
)
SELECT given.id, put.id IS NOT NULL AS taken, given.here, given.claimed, given.erased,
       given.user_id IS NULL AS ownerless
FROM given LEFT JOIN put ON put.id = given.id
