-- One guarded statement decides whether a draft ($1) of this person ($2) is bought: theirs, not
-- started, with an avatar that has weights, and room within the limits. Of twenty presses one finds
-- the row as it was. It runs after spending_lock.sql, in its transaction.
-- $3 nonce  $4 the address for FAL's calls  $5 the message of the press  $6 millionths of a dollar
-- $7 pictures a day of one person, or null  $8 millionths a day of all, or null
-- $9 Telegram ids that may come in, null: everybody  $10 operators  $11 invited people may
-- $12 pictures that one person may hold  $13 orders a day of one person, whatever became of them
-- $14 credits of one picture, null: they cost none  $15 the account that earns them
-- Locks and holds as in training_start.
WITH mine AS (
    SELECT j.id, j.user_id, j.shown_price, j.status, j.kind, j.fal_endpoint,
           coalesce((j.parameters ->> 'count')::int, 1) AS units,
           a.id IS NOT NULL AS has_weights,
           $9::bigint[] IS NULL OR u.telegram_id = ANY ($9) OR ($11 AND u.admitted_at IS NOT NULL)
               AS admitted,
           u.telegram_id = ANY ($10::bigint[]) AS exempt,
           u.banned_at IS NOT NULL AS banned,
           (SELECT count(*) FROM images i WHERE i.user_id = j.user_id) >= $12::bigint AS full,
           sha256(c.salt || int8send(u.telegram_id)) AS person,
           c.paused_at IS NOT NULL AS paused
    FROM jobs j
    JOIN users u ON u.id = j.user_id
    CROSS JOIN spending_control c
    LEFT JOIN avatars a ON a.id = j.avatar_id AND a.status = 'completed' AND a.deleted_at IS NULL
        AND a.lora_object_key IS NOT NULL
        AND (a.training_type <> 'portrait' OR a.consent_at IS NOT NULL) -- nobody's face needs none
    WHERE j.id = $1 AND j.user_id = $2 AND j.kind = 'generation' AND j.deleted_at IS NULL
    FOR NO KEY UPDATE OF j
), wallet AS (
    SELECT w.id, w.posted - w.held AS have
    FROM mine JOIN accounts w ON w.user_id = mine.user_id
    WHERE $14::bigint IS NOT NULL
    FOR NO KEY UPDATE OF w
), debt AS (
    SELECT coalesce(sum(p.owed), 0)::bigint AS owed
    FROM mine JOIN star_payments p ON p.payer = mine.person
    WHERE p.owed > 0 AND NOT mine.exempt AND $14::bigint IS NOT NULL
), theirs AS (
    SELECT s.at, sum(s.units) OVER (ORDER BY s.at DESC, s.id DESC) AS since
    FROM mine JOIN spendings s ON s.person = mine.person AND s.kind = mine.kind
    WHERE s.taken_back_at IS NULL AND s.at > now() - interval '24 hours'
      AND $7::int IS NOT NULL AND NOT mine.exempt
), hectic AS (
    -- Cancelled ones were not bought, but each is a row.
    SELECT o.started_at + interval '24 hours' AS ends
    FROM mine JOIN jobs o ON o.user_id = mine.user_id
    WHERE o.started_at > now() - interval '24 hours' AND NOT mine.exempt
    ORDER BY o.started_at DESC
    LIMIT 1 OFFSET $13::bigint - 1
), their_day AS (
    -- when so many of them are a day old that there is room for these
    SELECT greatest(
               max(theirs.at) FILTER (WHERE theirs.since + mine.units > $7::int) + interval '24 hours',
               (SELECT ends FROM hectic)) AS ends
    FROM mine LEFT JOIN theirs ON true
), day AS (
    SELECT at, usd, sum(usd) OVER (ORDER BY at DESC, id DESC) AS since
    FROM spendings
    WHERE at > now() - interval '24 hours' AND taken_back_at IS NULL AND $8::bigint IS NOT NULL
), spent AS (
    SELECT coalesce(sum(usd), 0) AS usd, $6::bigint / 1000000.0 AS more,
           $8::bigint / 1000000.0 AS most,
           CASE WHEN $6::bigint <= $8::bigint
                THEN max(at) FILTER (WHERE since + $6::bigint / 1000000.0 > $8::bigint / 1000000.0)
                     + interval '24 hours' END AS ends
    FROM day
), ruled AS (
    SELECT mine.*, spent.usd, spent.more, spent.most, spent.ends AS all_end,
           their_day.ends AS their_end,
           NOT mine.exempt AND $7::int IS NOT NULL AND mine.units > $7::int AS too_many,
           NOT mine.exempt AND spent.more > 0 AND coalesce(spent.usd + spent.more > spent.most, false)
               AS dear,
           CASE WHEN mine.exempt THEN 0 ELSE $14::bigint * mine.units END AS credits,
           wallet.id AS wallet, wallet.have, debt.owed,
           NOT mine.exempt AND mine.shown_price IS DISTINCT FROM $14::bigint * mine.units
               AND $14::bigint IS NOT NULL AS repriced
    FROM mine CROSS JOIN spent CROSS JOIN their_day CROSS JOIN debt LEFT JOIN wallet ON true
), started AS (
    UPDATE jobs j
    SET status = 'running', nonce = $3, webhook_url = $4, status_message_id = $5,
        started_at = clock_timestamp(), updated_at = now()
    FROM ruled
    WHERE j.id = ruled.id AND j.status = 'draft' AND j.deleted_at IS NULL
      AND ruled.has_weights AND ruled.admitted AND NOT ruled.banned AND NOT ruled.paused
      AND NOT (ruled.full AND NOT ruled.exempt)
      AND ruled.their_end IS NULL AND NOT ruled.too_many AND NOT ruled.dear AND NOT ruled.repriced
      AND ($14::bigint IS NULL
           OR (ruled.wallet IS NOT NULL AND ruled.have >= ruled.credits AND ruled.owed = 0))
    RETURNING j.id
), held AS (
    INSERT INTO holds (account_id, subject_kind, subject_id, amount, units, goes_to)
    SELECT ruled.wallet, ruled.kind, started.id, ruled.credits, ruled.units, $15
    FROM started JOIN ruled USING (id)
    WHERE $14::bigint IS NOT NULL
), booked AS (
    INSERT INTO spendings (person, kind, work_id, attempt, endpoint, usd, units, credits)
    SELECT ruled.person, ruled.kind, started.id, 1, ruled.fal_endpoint, ruled.more, ruled.units,
           CASE WHEN $14::bigint IS NOT NULL THEN ruled.credits END
    FROM started JOIN ruled USING (id)
    RETURNING usd
), noted AS (
    INSERT INTO job_events (job_id, source, kind, detail)
    SELECT started.id, 'user', 'started',
           jsonb_build_object('endpoint', ruled.fal_endpoint, 'pictures', ruled.units)
    FROM started JOIN ruled USING (id)
), reached AS (
    -- Operators hear of four fifths and of the whole, of each once a day of UTC.
    SELECT CASE WHEN ruled.dear OR ruled.usd + coalesce(booked.usd, 0) >= ruled.most
                THEN 'spend_reached' ELSE 'spend_near' END AS kind,
           ruled.usd + coalesce(booked.usd, 0) AS usd, ruled.most
    FROM ruled LEFT JOIN booked ON true
    WHERE (ruled.status = 'draft' AND ruled.dear)
       OR (booked.usd IS NOT NULL AND ruled.usd + booked.usd >= ruled.most * 0.8)
), told AS (
    INSERT INTO outbox (user_id, kind, payload, once_key)
    SELECT u.id, reached.kind,
           jsonb_build_object('usd', round(reached.usd, 2)::float8, 'limit', reached.most::float8),
           concat_ws('/', reached.kind, (now() AT TIME ZONE 'UTC')::date, u.id)
    FROM reached JOIN users u ON u.telegram_id = ANY ($10::bigint[])
    ON CONFLICT (once_key) WHERE once_key IS NOT NULL DO NOTHING
)
SELECT ruled.status, EXISTS (SELECT FROM started) AS started, ruled.has_weights, ruled.admitted,
       ruled.banned, ruled.full AND NOT ruled.exempt AS full, ruled.paused, ruled.dear, ruled.too_many,
       ruled.user_id, ruled.repriced, ruled.credits, ruled.wallet, ruled.have, ruled.owed,
       extract(epoch FROM ruled.their_end - clock_timestamp())::float8 AS their_wait,
       extract(epoch FROM ruled.all_end - clock_timestamp())::float8 AS all_wait
FROM ruled
