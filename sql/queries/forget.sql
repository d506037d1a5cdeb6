-- Everything about a person, in one statement, so that a crash leaves all of it or nothing. Their
-- avatars go as by avatar_delete. The person's row stays, with none of their data, until their last
-- avatar is erased. The update that asked for it is not handled yet; update_forget removes it.
WITH had AS (
    SELECT count(*) AS avatars,
           coalesce(sum((SELECT count(*) FROM avatar_photos p WHERE p.avatar_id = a.id)), 0)::bigint AS photos,
           count(*) FILTER (WHERE a.status = 'training') AS trainings,
           coalesce((SELECT w.posted FROM accounts w WHERE w.user_id = $1), 0)::bigint AS credits
    FROM avatars a
    WHERE a.user_id = $1 AND a.deleted_at IS NULL
), gone AS (
    UPDATE avatars a
    SET deleted_at = clock_timestamp(), status = 'cancelled', name = '', is_main = false,
        withdraw_due = a.withdraw_due OR (a.status = 'training' AND a.fal_request_id IS NOT NULL),
        training_error = NULL, result_source = NULL, training_logs = NULL, queue_position = NULL,
        diffusers_lora_file_url = NULL, config_file_url = NULL, fal_response_data = '{}',
        submit_archive = NULL,
        updated_at = now()
    WHERE a.user_id = $1 AND a.deleted_at IS NULL
    RETURNING a.id, a.attempt, a.fal_request_id, a.submit_nonce, a.withdraw_due
), jobs_gone AS (
    -- Their other paid jobs end with them; each is erased by itself.
    UPDATE jobs j
    SET deleted_at = clock_timestamp(), -- a trigger stops it, and empties what holds words
        error = NULL, files = '[]', submit_prepared = NULL, updated_at = now()
    WHERE j.user_id = $1 AND j.deleted_at IS NULL
    RETURNING j.id, j.kind, j.fal_request_id AS request_id, j.nonce
), unsaid AS (
    DELETE FROM outbox o WHERE o.user_id = $1
), unshown AS (
    -- Show nothing of theirs any more, not even that it has ended.
    DELETE FROM status_messages s
    WHERE s.avatar_id IN (SELECT id FROM gone UNION ALL SELECT id FROM jobs_gone)
), heard AS (
    UPDATE webhook_inbox w
    SET processed_at = clock_timestamp(), outcome = 'deleted'
    FROM (SELECT fal_request_id AS request_id, submit_nonce AS nonce FROM gone
          UNION ALL SELECT request_id, nonce FROM jobs_gone) AS over
    WHERE w.processed_at IS NULL AND (w.request_id = over.request_id OR w.nonce = over.nonce)
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind)
    SELECT id, attempt, 'user', 'deleted' FROM gone
), chats AS (
    DELETE FROM chat_calls WHERE user_id = $1
), talks AS (
    DELETE FROM dialogues WHERE telegram_id = $2
), updates AS (
    DELETE FROM telegram_updates WHERE person = ($2::bigint)::text AND handled_at IS NOT NULL
), nameless AS (
    UPDATE users
    SET telegram_id = -nextval('forgotten_people'), username = NULL, first_name = NULL,
        language_code = NULL, language = NULL, blocked_at = NULL, forgotten_at = clock_timestamp()
    WHERE id = $1 AND forgotten_at IS NULL
    RETURNING id
), moneyless AS (
    -- The money's rows stay, nobody's. After everything else, because a wallet is locked last.
    UPDATE accounts SET user_id = NULL
    WHERE user_id = $1
      AND (SELECT count(*) FROM gone) + (SELECT count(*) FROM jobs_gone)
          + (SELECT count(*) FROM nameless) >= 0
), unpaid AS (
    UPDATE star_payments SET user_id = NULL WHERE user_id = $1
), told AS (
    INSERT INTO forgettings (avatars, photos, trainings)
    SELECT had.avatars, had.photos, had.trainings FROM had, nameless
)
SELECT had.avatars, had.photos, had.trainings, had.credits,
       ARRAY(SELECT id FROM gone WHERE withdraw_due) AS withdrawn
FROM had
