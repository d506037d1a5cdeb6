-- (2) Of a wallet is held what its pending holds say. At most $1 that differ.
WITH pending AS (
    SELECT account_id, sum(amount)::bigint AS amount FROM holds
    WHERE state = 'pending'
    GROUP BY account_id
)
SELECT 'wallet/' || w.id AS what,
       jsonb_build_object('held', w.held, 'holds', coalesce(pending.amount, 0)) AS numbers
FROM accounts w
LEFT JOIN pending ON pending.account_id = w.id
WHERE w.held <> coalesce(pending.amount, 0)
ORDER BY w.id
LIMIT $1
