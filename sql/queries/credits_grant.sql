-- An operator gives a person ($1, a Telegram id) credits ($2), for a reason ($3). $4 names this act:
-- repeated, it gives nothing twice. Their wallet is open already.
WITH wallet AS (
    SELECT w.id
    FROM users u JOIN accounts w ON w.user_id = u.id
    WHERE u.telegram_id = $1 AND u.forgotten_at IS NULL
), given AS (
    INSERT INTO transfers (key, kind, from_id, to_id, amount, detail)
    SELECT 'grant:' || $4::uuid, 'grant', promo.id, wallet.id, $2,
           jsonb_build_object('reason', $3::text)
    FROM wallet, accounts promo
    WHERE promo.kind = 'promo'
    ON CONFLICT (key) DO NOTHING
    RETURNING to_id
)
SELECT id FROM wallet
