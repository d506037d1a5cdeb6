-- (9) What Telegram's list has of people's payments, as far as we have read it, is on record here, and
-- what it gave back is taken back. At most $1 that differ.
SELECT 'charge/' || t.id AS what,
       jsonb_build_object('direction', t.direction, 'stars', t.stars, 'ours', p.stars,
                          'state', p.state) AS numbers
FROM star_transactions t
LEFT JOIN star_payments p ON p.charge_id = t.id
WHERE t.partner = 'user'
  AND (p.charge_id IS NULL OR p.stars <> t.stars
       OR (t.direction = 'out' AND p.state NOT IN ('refunded', 'clawed_back')))
LIMIT $1
