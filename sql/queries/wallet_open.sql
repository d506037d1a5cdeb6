-- The wallet of a person ($1), with the credits of a welcome ($2), which nobody gets twice: their key
-- is a digest that outlives /forget. Safe to repeat. The person's row is locked, so that who is being
-- forgotten gets no wallet any more.
WITH person AS (
    SELECT u.id, encode(sha256(c.salt || int8send(u.telegram_id)), 'hex') AS digest
    FROM users u CROSS JOIN spending_control c
    WHERE u.id = $1 AND u.forgotten_at IS NULL
    FOR KEY SHARE OF u
), wallet AS (
    -- an update that changes nothing returns the wallet that is there already
    INSERT INTO accounts AS w (user_id)
    SELECT id FROM person
    ON CONFLICT (user_id) DO UPDATE SET created_at = w.created_at
    RETURNING w.id
), welcome AS (
    INSERT INTO transfers (key, kind, from_id, to_id, amount)
    SELECT 'welcome:' || person.digest, 'welcome', promo.id, wallet.id, $2::bigint
    FROM person, wallet, accounts promo
    WHERE promo.kind = 'promo' AND $2::bigint > 0
    ON CONFLICT (key) DO NOTHING
)
SELECT id FROM wallet
