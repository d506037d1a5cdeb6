-- (3) Nobody holds more than they have. At most $1 that do.
SELECT 'wallet/' || id AS what, jsonb_build_object('posted', posted, 'held', held) AS numbers
FROM accounts
WHERE posted - held < 0 OR held < 0 OR (kind <> 'wallet' AND (posted <> 0 OR held <> 0))
ORDER BY id
LIMIT $1
