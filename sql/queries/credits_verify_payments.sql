-- (4) A payment is credited once, as much as it says, and no more is taken back than it gave. At most
-- $1 that differ.
WITH credited AS (
    SELECT substr(key, 5) AS charge_id, amount FROM transfers WHERE kind = 'payment'
), returned AS (
    SELECT h.subject_id AS id, sum(h.captured)::bigint AS amount FROM holds h
    WHERE h.subject_kind = 'refund'
    GROUP BY h.subject_id
), clawed AS (
    SELECT substr(key, 10) AS charge_id, sum(amount)::bigint AS amount FROM transfers
    WHERE kind = 'clawback'
    GROUP BY key
)
SELECT 'payment/' || coalesce(p.charge_id, c.charge_id) AS what,
       jsonb_build_object('credits', p.credits, 'credited', c.amount,
                          'refunded', coalesce(r.amount, 0), 'clawed_back', coalesce(k.amount, 0))
           AS numbers
FROM star_payments p
FULL JOIN credited c USING (charge_id)
LEFT JOIN returned r ON r.id = p.id
LEFT JOIN clawed k ON k.charge_id = coalesce(p.charge_id, c.charge_id)
WHERE p.charge_id IS NULL
   OR p.credits <> coalesce(c.amount, 0)
   OR coalesce(r.amount, 0) + coalesce(k.amount, 0) > p.credits
LIMIT $1
