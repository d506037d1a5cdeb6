-- Orders the first pictures of an avatar ($1): all of the orders ($4), or none. It is no longer due
-- with the same statement, so neither a crash nor another instance ($2 epoch, $3 we) gives them twice.
-- It runs after spending_lock.sql, in its transaction, and holds to the same limits as order_start.
-- $5 the generator  $6 pictures a day of one person, or null  $7 millionths a day of all, or null
-- $8 Telegram ids that may come in, null: everybody  $9 operators  $10 invited people may
-- $11 pictures that one person may hold  $12 the account that would earn credits for them, null: they
-- cost none  $13 credits of a welcome
-- Every start under credits has a hold: theirs are of 0.
WITH orders AS (
    SELECT * FROM jsonb_to_recordset($4) AS o (
        id uuid, nonce uuid, webhook text, parameters jsonb, units integer, usd bigint)
), mine AS (
    SELECT a.id, u.telegram_id = ANY ($9::bigint[]) AS exempt,
           sha256(c.salt || int8send(u.telegram_id)) AS person,
           (SELECT sum(units) FROM orders) AS units,
           (SELECT sum(usd) FROM orders) / 1000000.0 AS usd
    FROM avatars a
    JOIN leases l ON l.resource = 'shard/' || a.shard AND l.epoch = $2 AND l.owner = $3
    JOIN users u ON u.id = a.user_id
    CROSS JOIN spending_control c
    WHERE a.id = $1 AND a.gift = 'due' AND a.status = 'completed' AND a.deleted_at IS NULL
      AND a.lora_object_key IS NOT NULL
      AND NOT questions_open(a.training_type::text, a.consent_version, a.gender)
      AND c.paused_at IS NULL AND u.banned_at IS NULL AND u.blocked_at IS NULL
      AND ($8::bigint[] IS NULL OR u.telegram_id = ANY ($8) OR ($10 AND u.admitted_at IS NOT NULL))
), given AS (
    UPDATE avatars a
    SET gift = 'given', updated_at = now()
    FROM mine
    WHERE a.id = mine.id AND a.gift = 'due'
      AND (mine.exempt
           OR (SELECT count(*) FROM images i WHERE i.user_id = a.user_id) < $11::bigint)
      AND (mine.exempt OR $6::int IS NULL OR mine.units + coalesce((
              SELECT sum(s.units) FROM spendings s
              WHERE s.person = mine.person AND s.kind = 'generation'
                AND s.taken_back_at IS NULL AND s.at > now() - interval '24 hours'), 0) <= $6)
      AND (mine.exempt OR $7::bigint IS NULL OR mine.usd = 0 OR mine.usd + coalesce((
              SELECT sum(s.usd) FROM spendings s
              WHERE s.at > now() - interval '24 hours' AND s.taken_back_at IS NULL), 0)
              <= $7 / 1000000.0)
    RETURNING a.id, a.user_id, mine.person
), wallet AS (
    -- an update that changes nothing returns the wallet that is there already
    INSERT INTO accounts AS w (user_id)
    SELECT user_id FROM given WHERE $12::text IS NOT NULL
    ON CONFLICT (user_id) DO UPDATE SET created_at = w.created_at
    RETURNING w.id
), welcome AS (
    INSERT INTO transfers (key, kind, from_id, to_id, amount)
    SELECT 'welcome:' || encode(given.person, 'hex'), 'welcome', promo.id, wallet.id, $13::bigint
    FROM given, wallet, accounts promo
    WHERE promo.kind = 'promo' AND $13::bigint > 0
    ON CONFLICT (key) DO NOTHING
), ordered AS (
    INSERT INTO jobs (id, kind, user_id, avatar_id, status, fal_endpoint, parameters, nonce,
                      webhook_url, started_at)
    SELECT o.id, 'generation', given.user_id, given.id, 'running', $5, o.parameters || '{"gift": true}',
           o.nonce, o.webhook, clock_timestamp()
    FROM given, orders o
    RETURNING id, kind, shard
), held AS (
    INSERT INTO holds (account_id, subject_kind, subject_id, amount, units, goes_to)
    SELECT wallet.id, 'generation', o.id, 0, o.units, $12::text
    FROM wallet, given, orders o
), booked AS (
    INSERT INTO spendings (person, kind, work_id, attempt, endpoint, usd, units, credits)
    SELECT given.person, 'generation', o.id, 1, $5, o.usd / 1000000.0, o.units,
           CASE WHEN $12::text IS NOT NULL THEN 0 END
    FROM given, orders o
), noted AS (
    INSERT INTO job_events (job_id, source, kind, detail)
    SELECT o.id, 'gift', 'started', jsonb_build_object('endpoint', $5::text, 'pictures', o.units)
    FROM given, orders o
)
SELECT ordered.id,
       (SELECT pg_notify('aisha_' || l.owner, ordered.kind || '/' || ordered.id)
        FROM leases l WHERE l.resource = 'shard/' || ordered.shard AND l.owner IS NOT NULL) AS woken
FROM ordered
