-- The settle statement. Every source may propose an end; this one compare-and-set decides, and
-- writes the notice, the event and the webhooks' fate in the same transaction. $5 source  $6 the
-- end, as one record
-- What was settled yields only to the truth: a placeholder to a result or a failure, a time-out or
-- «not bought» to a result.
WITH ends AS (
    SELECT * FROM jsonb_to_record($6) AS e (
        status text, error text, key text, sha256 text, byte_size bigint, config_key text,
        config_missing text, url text, answer jsonb, withdraw boolean, notice text, reason text,
        only_placeholder boolean, gift integer)
), won AS (
    UPDATE avatars a
    SET status = e.status::avatar_status,
        result_source = $5,
        training_error = e.error,
        training_progress = CASE WHEN e.status = 'completed' THEN 100 ELSE a.training_progress END,
        training_completed_at = CASE WHEN e.status = 'completed'
            THEN coalesce(a.training_completed_at, clock_timestamp()) END,
        audited_at = NULL,
        trigger_phrase = CASE WHEN e.status = 'completed' THEN coalesce(a.trigger_phrase, 'TOK')
                              ELSE a.trigger_phrase END,
        lora_object_key = e.key, lora_sha256 = e.sha256, lora_byte_size = e.byte_size,
        config_object_key = e.config_key,
        diffusers_lora_file_url = coalesce(e.url, a.diffusers_lora_file_url),
        fal_response_data = coalesce(e.answer, a.fal_response_data),
        withdraw_due = e.withdraw AND a.fal_request_id IS NOT NULL,
        submit_sent_at = CASE WHEN a.fal_request_id IS NULL AND e.status = 'error' AND NOT e.withdraw THEN NULL
                              ELSE a.submit_sent_at END,
        queue_position = NULL, submit_archive = NULL,
        -- the first pictures come once: at once, or when what has to be asked is answered
        (gift, gift_from, gift_try_at) = (
            SELECT CASE WHEN first THEN 'due' ELSE a.gift END,
                   CASE WHEN first THEN since ELSE a.gift_from END,
                   CASE WHEN first THEN since ELSE a.gift_try_at END
            FROM (SELECT e.gift > 0 AND a.gift IS NULL AS first,
                         CASE WHEN questions_open(a.training_type::text, a.consent_version, a.gender)
                              THEN 'infinity' ELSE clock_timestamp() END AS since) AS g),
        is_main = a.is_main OR (e.status = 'completed' AND NOT e.only_placeholder AND NOT EXISTS (
            SELECT FROM avatars m WHERE m.user_id = a.user_id AND m.is_main)),
        updated_at = now()
    FROM leases l, ends e
    WHERE a.id = $1 AND a.attempt = $2
      AND l.resource = 'shard/' || a.shard AND l.epoch = $3 AND l.owner = $4
      AND (a.status = 'training'
           OR (a.status = 'completed' AND a.result_source LIKE 'fallback:%' AND NOT e.only_placeholder
               AND (e.status = 'completed' OR e.error LIKE 'fal_error:%'))
           OR (a.status = 'error' AND e.status = 'completed' AND NOT e.only_placeholder
               AND a.training_error IN ('training_timeout', 'result_unavailable', 'submit_not_bought')))
    RETURNING a.id, a.attempt, a.user_id, a.fal_endpoint, a.fal_request_id, a.submit_nonce,
              a.gift = 'due' AND a.gift_from = 'infinity' AS gift_waits
), told AS (
    INSERT INTO outbox (user_id, avatar_id, job_kind, job_id, attempt, kind, payload)
    SELECT user_id, won.id, 'training', won.id, attempt, e.notice,
           jsonb_build_object('reason', e.reason, 'gift', CASE WHEN won.gift_waits THEN e.gift END)
    FROM won, ends e
    ON CONFLICT DO NOTHING
), others AS (
    -- A stored call by our nonce about another job, not processed yet: bought twice. Cancelled at
    -- FAL.
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
    SET processed_at = clock_timestamp(), outcome = e.status
    FROM won, ends e
    WHERE w.processed_at IS NULL
      AND (w.request_id = won.fal_request_id OR w.nonce = won.submit_nonce)
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT id, attempt, $5, 'transition',
           jsonb_build_object('to', e.status, 'error', e.error, 'sha256', e.sha256,
                              'config_missing', e.config_missing)
    FROM won, ends e
)
SELECT id FROM won
