-- Admits a person by the digest of an invitation's code. The same statement takes the use, so of
-- two people who compete for the last one the second finds none, and gives the credits that it
-- carries. A person who was already admitted takes none. Who was forgotten and comes back by the
-- same link is admitted, but gets nothing twice. $3 credits of a welcome, null: nothing costs credits
WITH person AS (
    SELECT u.id, encode(sha256(c.salt || int8send(u.telegram_id)), 'hex') AS digest
    FROM users u CROSS JOIN spending_control c
    WHERE u.id = $1 AND u.admitted_at IS NULL AND u.forgotten_at IS NULL
    FOR NO KEY UPDATE OF u
), taken AS (
    UPDATE invites
    SET used = used + 1, last_used_at = clock_timestamp()
    WHERE code_sha256 = $2 AND used < uses AND EXISTS (SELECT FROM person)
    RETURNING id, credits
), admitted AS (
    UPDATE users u
    SET admitted_at = clock_timestamp()
    FROM person, taken
    WHERE u.id = person.id
    RETURNING u.id
), wallet AS (
    -- an update that changes nothing returns the wallet that is there already
    INSERT INTO accounts AS w (user_id)
    SELECT id FROM admitted WHERE $3::bigint IS NOT NULL
    ON CONFLICT (user_id) DO UPDATE SET created_at = w.created_at
    RETURNING w.id
), given AS (
    INSERT INTO transfers (key, kind, from_id, to_id, amount, detail)
    SELECT gift.key, gift.kind, promo.id, wallet.id, gift.amount, gift.detail
    FROM person, taken, wallet, accounts promo, LATERAL (VALUES
        ('welcome:' || person.digest, 'welcome', $3::bigint, '{}'::jsonb),
        ('invite:' || taken.id || ':' || person.digest, 'invite', taken.credits,
         jsonb_build_object('invite', taken.id))) AS gift (key, kind, amount, detail)
    WHERE promo.kind = 'promo' AND gift.amount > 0
    ON CONFLICT (key) DO NOTHING
    RETURNING kind, amount
)
SELECT EXISTS (SELECT FROM admitted) OR NOT EXISTS (SELECT FROM person) AS admitted,
       coalesce((SELECT sum(amount) FROM given WHERE kind = 'invite'), 0)::bigint AS credits
