-- One guarded statement decides: yours, startable, photos enough, nothing of an older attempt
-- still on its way to FAL, and room within the limits. Of twenty presses one finds the row as it was.
-- A person starts what is theirs ($2), in the message of their press ($9). An operator, who gives
-- no person, starts again anybody's avatar that failed or was cancelled, in the message that showed
-- it before and within no limit; only a pause holds for everybody.
-- It runs after spending_lock.sql, in its transaction.
-- $12 millionths of a dollar  $13 starts a day of one person, or null  $14 millionths a day of all, or
-- null  $15 Telegram ids that may come in, null: everybody  $16 operators  $17 invited people may
-- $18 credits, null: they cost none  $19 the account that earns them
-- The avatar's row is locked first and the wallet after it, as everywhere: what is enough now is
-- still enough when it is held, and nothing is held for a start that then does not happen.
WITH mine AS (
    SELECT a.id, a.user_id, a.shown_price, a.status::text AS status,
           (a.withdraw_due
            OR (a.fal_request_id IS NULL
                AND coalesce(a.submit_sent_at > clock_timestamp() - interval '2 minutes', false))) AS leaving,
           (SELECT count(*) FROM avatar_photos p WHERE p.avatar_id = a.id) AS photos,
           a.status IN ('draft', 'uploading', 'ready', 'error', 'cancelled')
               AND ($2::uuid IS NOT NULL OR a.status IN ('error', 'cancelled')) AS startable,
           $2::uuid IS NULL OR $15::bigint[] IS NULL OR u.telegram_id = ANY ($15)
               OR ($17 AND u.admitted_at IS NOT NULL) AS admitted,
           $2::uuid IS NOT NULL AND u.banned_at IS NOT NULL AS banned,
           $2::uuid IS NULL OR u.telegram_id = ANY ($16::bigint[]) AS exempt,
           CASE WHEN $2::uuid IS NOT NULL
                THEN sha256(c.salt || int8send(u.telegram_id)) END AS person,
           c.paused_at IS NOT NULL AS paused
    FROM avatars a
    JOIN users u ON u.id = a.user_id
    CROSS JOIN spending_control c
    WHERE a.id = $1 AND ($2::uuid IS NULL OR a.user_id = $2) AND a.deleted_at IS NULL
    FOR NO KEY UPDATE OF a
), wallet AS (
    SELECT w.id, w.posted - w.held AS have
    FROM mine JOIN accounts w ON w.user_id = mine.user_id
    WHERE $18::bigint IS NOT NULL
    FOR NO KEY UPDATE OF w
), debt AS (
    SELECT coalesce(sum(p.owed), 0)::bigint AS owed
    FROM mine JOIN star_payments p ON p.payer = mine.person
    WHERE p.owed > 0 AND NOT mine.exempt AND $18::bigint IS NOT NULL
), theirs AS (
    -- of this person's last $13 starts the oldest, while it is younger than a day
    SELECT s.at + interval '24 hours' AS ends
    FROM mine
    CROSS JOIN LATERAL (
        SELECT at FROM spendings
        WHERE person = mine.person AND kind = 'training' AND taken_back_at IS NULL
          AND at > now() - interval '24 hours'
        ORDER BY at DESC
        LIMIT $13::int) s
    WHERE NOT mine.exempt AND $13::int IS NOT NULL
    ORDER BY s.at DESC
    OFFSET $13::int - 1
), day AS (
    SELECT at, usd, sum(usd) OVER (ORDER BY at DESC, id DESC) AS since
    FROM spendings
    WHERE at > now() - interval '24 hours' AND taken_back_at IS NULL AND $14::bigint IS NOT NULL
), spent AS (
    SELECT coalesce(sum(usd), 0) AS usd, $12::bigint / 1000000.0 AS more,
           $14::bigint / 1000000.0 AS most,
           -- when so much of it is a day old that there is room again; null: never
           CASE WHEN $12::bigint <= $14::bigint
                THEN max(at) FILTER (WHERE since + $12::bigint / 1000000.0 > $14::bigint / 1000000.0)
                     + interval '24 hours' END AS ends
    FROM day
), ruled AS (
    SELECT mine.*, spent.usd, spent.more, spent.most, spent.ends AS all_end,
           theirs.ends AS their_end,
           -- what costs nothing is not refused for its price
           NOT mine.exempt AND spent.more > 0 AND coalesce(spent.usd + spent.more > spent.most, false)
               AS dear,
           CASE WHEN mine.exempt THEN 0 ELSE $18::bigint END AS credits,
           wallet.id AS wallet, wallet.have, debt.owed,
           -- what was on the button is what is taken
           NOT mine.exempt AND $18::bigint IS NOT NULL AND mine.shown_price IS DISTINCT FROM $18
               AS repriced
    FROM mine CROSS JOIN spent CROSS JOIN debt LEFT JOIN theirs ON true LEFT JOIN wallet ON true
), started AS (
    UPDATE avatars a
    SET status = 'training', attempt = a.attempt + 1, fal_endpoint = $3, trigger_phrase = $4,
        steps = $5, learning_rate = $6, webhook_url = $7, submit_nonce = $8,
        status_message_id = CASE WHEN $2::uuid IS NULL THEN a.status_message_id ELSE $9 END, training_started_at = clock_timestamp(), training_progress = 0,
        work_tries = 0, parked_until = NULL, submit_sent_at = NULL, submit_archive = NULL,
        submit_doubted_at = NULL, fal_request_id = NULL, fal_finished_at = NULL,
        queue_position = NULL, last_status_check = NULL, training_logs = NULL,
        audited_at = NULL, training_completed_at = NULL, training_error = NULL, result_source = NULL,
        diffusers_lora_file_url = NULL, config_file_url = NULL, fal_response_data = '{}',
        lora_object_key = NULL, lora_sha256 = NULL, lora_byte_size = NULL, config_object_key = NULL, finetune_id = NULL,
        updated_at = now()
    FROM ruled
    WHERE a.id = ruled.id
      AND a.status IN ('draft', 'uploading', 'ready', 'error', 'cancelled')
      AND a.deleted_at IS NULL
      AND ruled.startable
      AND NOT ruled.leaving
      AND ruled.photos >= $10::bigint
      AND ruled.admitted
      AND NOT ruled.banned
      AND NOT ruled.paused
      AND ruled.their_end IS NULL
      AND NOT ruled.dear
      AND NOT ruled.repriced
      AND ($18::bigint IS NULL
           OR (ruled.wallet IS NOT NULL AND ruled.have >= ruled.credits AND ruled.owed = 0))
    RETURNING a.id, a.attempt
), held AS (
    INSERT INTO holds (account_id, subject_kind, subject_id, attempt, amount, goes_to)
    SELECT ruled.wallet, 'training', started.id, started.attempt, ruled.credits, $19
    FROM started JOIN ruled USING (id)
    WHERE $18::bigint IS NOT NULL
), booked AS (
    INSERT INTO spendings (person, kind, work_id, attempt, endpoint, usd, credits)
    SELECT ruled.person, 'training', started.id, started.attempt, $3, ruled.more,
           CASE WHEN $18::bigint IS NOT NULL THEN ruled.credits END
    FROM started JOIN ruled USING (id)
    RETURNING usd
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT id, attempt, $11, 'started', jsonb_build_object('endpoint', $3::text, 'steps', $5::int)
    FROM started
), reached AS (
    -- Operators hear of four fifths and of the whole, of each once a day of UTC.
    SELECT CASE WHEN ruled.dear OR ruled.usd + coalesce(booked.usd, 0) >= ruled.most
                THEN 'spend_reached' ELSE 'spend_near' END AS kind,
           ruled.usd + coalesce(booked.usd, 0) AS usd, ruled.most
    FROM ruled LEFT JOIN booked ON true
    WHERE (ruled.startable AND ruled.dear)
       OR (booked.usd IS NOT NULL AND ruled.usd + booked.usd >= ruled.most * 0.8)
), told AS (
    INSERT INTO outbox (user_id, kind, payload, once_key)
    SELECT u.id, reached.kind,
           jsonb_build_object('usd', round(reached.usd, 2)::float8, 'limit', reached.most::float8),
           concat_ws('/', reached.kind, (now() AT TIME ZONE 'UTC')::date, u.id)
    FROM reached JOIN users u ON u.telegram_id = ANY ($16::bigint[])
    ON CONFLICT (once_key) WHERE once_key IS NOT NULL DO NOTHING
)
SELECT ruled.status, ruled.leaving, ruled.photos, EXISTS (SELECT FROM started) AS started,
       ruled.startable, ruled.admitted, ruled.banned, ruled.paused, ruled.dear,
       ruled.user_id, ruled.repriced, ruled.credits, ruled.wallet, ruled.have, ruled.owed,
       extract(epoch FROM ruled.their_end - clock_timestamp())::float8 AS their_wait,
       extract(epoch FROM ruled.all_end - clock_timestamp())::float8 AS all_wait
FROM ruled
