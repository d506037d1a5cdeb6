-- (1) A wallet has what came in less what went out. At most $1 that differ.
WITH moved AS (
    SELECT account, sum(amount)::bigint AS amount
    FROM (SELECT to_id AS account, amount FROM transfers
          UNION ALL
          SELECT from_id, -amount FROM transfers) AS both_sides
    GROUP BY account
)
SELECT 'wallet/' || w.id AS what,
       jsonb_build_object('posted', w.posted, 'transfers', coalesce(moved.amount, 0)) AS numbers
FROM accounts w
LEFT JOIN moved ON moved.account = w.id
WHERE w.kind = 'wallet' AND w.posted <> coalesce(moved.amount, 0)
ORDER BY w.id
LIMIT $1
