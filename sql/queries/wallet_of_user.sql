-- What a person ($1) has, what is held of it, and what is owed after a payment was taken back.
SELECT w.id, w.posted, w.held,
       (SELECT coalesce(sum(p.owed), 0)::bigint
        FROM star_payments p
        WHERE p.payer = sha256(c.salt || int8send(u.telegram_id)) AND p.owed > 0) AS owed
FROM accounts w
JOIN users u ON u.id = w.user_id
CROSS JOIN spending_control c
WHERE w.user_id = $1
