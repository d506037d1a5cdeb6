-- (5) A hold ends once: what it captured moved once, and nothing was captured without one. Wallet by
-- wallet the two sides are compared by number, sum and digest; only where they differ, row by row. At
-- most $1 that differ.
WITH said AS (
    SELECT account_id AS account, count(*) AS n, sum(captured) AS amount,
           sum(hashtextextended(id::text, 0)) AS digest
    FROM holds
    WHERE captured > 0
    GROUP BY account_id
), moved AS (
    SELECT from_id AS account, count(*) AS n, sum(amount) AS amount,
           sum(hashtextextended(split_part(key, ':', 2), 0)) AS digest
    FROM transfers
    WHERE kind IN ('capture', 'refund')
    GROUP BY from_id
), wrong AS (
    SELECT account
    FROM said FULL JOIN moved USING (account)
    WHERE (said.n, said.amount, said.digest) IS DISTINCT FROM (moved.n, moved.amount, moved.digest)
    LIMIT $1
), holding AS (
    SELECT h.id::text AS id, h.account_id, h.state, h.amount, h.captured
    FROM wrong JOIN holds h ON h.account_id = wrong.account
    WHERE h.captured > 0
), moving AS (
    SELECT split_part(t.key, ':', 2) AS id, t.from_id, t.amount
    FROM wrong JOIN transfers t ON t.from_id = wrong.account
    WHERE t.kind IN ('capture', 'refund')
)
SELECT 'hold/' || coalesce(h.id, m.id) AS what,
       jsonb_build_object('state', h.state, 'amount', h.amount, 'captured', h.captured,
                          'wallet', coalesce(h.account_id, m.from_id), 'moved', m.amount) AS numbers
FROM holding h FULL JOIN moving m ON m.id = h.id AND m.from_id = h.account_id
WHERE h.id IS NULL OR m.id IS NULL OR h.captured <> m.amount
UNION ALL
SELECT 'hold/' || id, jsonb_build_object('state', state, 'amount', amount, 'captured', captured)
FROM holds
WHERE captured > amount OR (state <> 'captured' AND captured <> 0)
   OR (state = 'pending') <> (ended_at IS NULL)
LIMIT $1
