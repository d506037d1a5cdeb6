-- (11) Whoever was forgotten is named by no row of money. At most $1 that name one.
SELECT 'wallet/' || w.id AS what, jsonb_build_object('forgotten_at', u.forgotten_at) AS numbers
FROM accounts w JOIN users u ON u.id = w.user_id
WHERE u.forgotten_at IS NOT NULL
UNION ALL
SELECT 'payment/' || p.charge_id, jsonb_build_object('forgotten_at', u.forgotten_at)
FROM star_payments p JOIN users u ON u.id = p.user_id
WHERE u.forgotten_at IS NOT NULL
LIMIT $1
