-- The gate. Everybody may propose an end; this one compare-and-set decides, and writes the
-- notice, the event and the webhooks' fate in the same transaction.
-- $5 source  $6 status  $7 error  $8 key  $9 sha256  $10 bytes  $11 url  $12 answer
-- $13 withdraw  $14 notice kind  $15 notice payload  $16 only a placeholder  $17 key of the trainer's
-- configuration  $18 why that is not held
-- What was settled yields only to the truth: a placeholder to a result or a failure, a time-out or
-- «not bought» to a result.
WITH won AS (
    UPDATE avatars a
    SET status = $6::text::avatar_status,
        result_source = $5,
        training_error = $7,
        training_progress = CASE WHEN $6 = 'completed' THEN 100 ELSE a.training_progress END,
        training_completed_at = CASE WHEN $6 = 'completed'
            THEN coalesce(a.training_completed_at, clock_timestamp()) END,
        audited_at = NULL,
        trigger_phrase = CASE WHEN $6 = 'completed' THEN coalesce(a.trigger_phrase, 'TOK')
                              ELSE a.trigger_phrase END,
        lora_object_key = $8, lora_sha256 = $9, lora_byte_size = $10, config_object_key = $17,
        diffusers_lora_file_url = coalesce($11, a.diffusers_lora_file_url),
        fal_response_data = coalesce($12, a.fal_response_data),
        withdraw_due = $13 AND a.fal_request_id IS NOT NULL,
        submit_sent_at = CASE WHEN a.fal_request_id IS NULL AND $6 = 'error' AND NOT $13 THEN NULL
                              ELSE a.submit_sent_at END,
        queue_position = NULL, submit_archive = NULL,
        is_main = a.is_main OR ($6 = 'completed' AND NOT $16::boolean AND NOT EXISTS (
            SELECT FROM avatars m WHERE m.user_id = a.user_id AND m.is_main)),
        updated_at = now()
    FROM leases l
    WHERE a.id = $1 AND a.attempt = $2
      AND l.resource = 'shard/' || a.shard AND l.epoch = $3 AND l.owner = $4
      AND (a.status = 'training'
           OR (a.status = 'completed' AND a.result_source LIKE 'fallback:%' AND NOT $16::boolean
               AND ($6 = 'completed' OR $7 LIKE 'fal_error:%'))
           OR (a.status = 'error' AND $6 = 'completed' AND NOT $16::boolean
               AND a.training_error IN ('training_timeout', 'result_unavailable', 'submit_not_bought')))
    RETURNING a.id, a.attempt, a.user_id, a.fal_endpoint, a.fal_request_id, a.submit_nonce
), told AS (
    INSERT INTO outbox (user_id, avatar_id, attempt, kind, payload)
    SELECT user_id, id, attempt, $14, $15 FROM won
    ON CONFLICT (avatar_id, attempt, kind) DO NOTHING
), others AS (
    -- A stored call by our nonce about another job, which nobody heard: bought twice. Cancelled at FAL.
    INSERT INTO fal_chores (kind, request_id, endpoint, avatar_id, why)
    SELECT DISTINCT ON (w.request_id)
           'cancel', w.request_id, coalesce(won.fal_endpoint, ''), won.id, 'bought_twice'
    FROM won JOIN webhook_inbox w ON w.nonce = won.submit_nonce
    WHERE w.processed_at IS NULL AND w.request_id <> won.fal_request_id
    ON CONFLICT (request_id, kind) DO NOTHING
    RETURNING request_id
), twice AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT won.id, won.attempt, $5, 'bought_twice', jsonb_build_object('request', others.request_id)
    FROM won, others
), heard AS (
    UPDATE webhook_inbox w
    SET processed_at = clock_timestamp(), outcome = $6
    FROM won
    WHERE w.processed_at IS NULL
      AND (w.request_id = won.fal_request_id OR w.nonce = won.submit_nonce)
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT id, attempt, $5, 'transition',
           jsonb_build_object('to', $6::text, 'error', $7::text, 'sha256', $9::text,
                              'config_missing', $18::text)
    FROM won
)
SELECT id FROM won
