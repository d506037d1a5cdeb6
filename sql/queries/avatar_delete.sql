-- Gone for its owner at once; the eraser does the rest. A running training is cancelled as by
-- training_cancel, and FAL is told, but the owner gets no notice, because they know. As «cancelled»
-- without a source it neither accepts late webhooks nor yields to any proposal.
WITH gone AS (
    UPDATE avatars a
    SET deleted_at = clock_timestamp(), status = 'cancelled', name = '', is_main = false,
        withdraw_due = a.withdraw_due OR (a.status = 'training' AND a.fal_request_id IS NOT NULL),
        training_error = NULL, result_source = NULL, training_logs = NULL, queue_position = NULL,
        diffusers_lora_file_url = NULL, config_file_url = NULL, fal_response_data = '{}',
        submit_archive = NULL,
        updated_at = now()
    WHERE a.id = $1 AND a.user_id = $2 AND a.deleted_at IS NULL
    RETURNING a.id, a.attempt, a.fal_request_id, a.submit_nonce
), jobs_gone AS (
    -- Its other paid jobs end with it; each is erased by itself.
    UPDATE jobs j
    SET deleted_at = clock_timestamp(), -- a trigger stops it, and empties what holds words
        error = NULL, files = '[]', submit_prepared = NULL, updated_at = now()
    FROM gone
    WHERE j.avatar_id = gone.id AND j.deleted_at IS NULL
    RETURNING j.id, j.kind, j.fal_request_id AS request_id, j.nonce
), unsaid AS (
    DELETE FROM outbox o
    WHERE o.job_id IN (SELECT id FROM gone UNION ALL SELECT id FROM jobs_gone)
), heard AS (
    UPDATE webhook_inbox w
    SET processed_at = clock_timestamp(), outcome = 'deleted'
    FROM (SELECT fal_request_id AS request_id, submit_nonce AS nonce FROM gone
          UNION ALL SELECT request_id, nonce FROM jobs_gone) AS over
    WHERE w.processed_at IS NULL AND (w.request_id = over.request_id OR w.nonce = over.nonce)
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind)
    SELECT id, attempt, 'user', 'deleted' FROM gone
)
SELECT id FROM gone
