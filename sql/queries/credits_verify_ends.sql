-- (5) A hold ends once: what it captured moved once, and nothing was captured without one. At most
-- $1 that differ.
WITH captures AS (
    SELECT split_part(key, ':', 2)::uuid AS id, from_id, amount FROM transfers
    WHERE kind IN ('capture', 'refund')
)
SELECT 'hold/' || coalesce(h.id, c.id) AS what,
       jsonb_build_object('state', h.state, 'amount', h.amount, 'captured', h.captured,
                          'wallet', h.account_id, 'moved', c.amount, 'from', c.from_id) AS numbers
FROM (SELECT id, account_id, state, amount, captured FROM holds
      WHERE captured > 0 OR captured > amount OR (state <> 'captured' AND captured <> 0)) AS h
FULL JOIN captures c ON c.id = h.id
WHERE h.id IS NULL OR c.id IS NULL OR h.captured <> c.amount OR h.captured > h.amount
   OR h.account_id <> c.from_id OR h.state <> 'captured'
LIMIT $1
