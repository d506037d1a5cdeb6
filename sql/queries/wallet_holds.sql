-- What is held of a wallet ($1) right now, the oldest first, at most $2.
SELECT subject_kind, subject_id, attempt, amount, created_at, expires_at
FROM holds
WHERE account_id = $1 AND state = 'pending'
ORDER BY created_at
LIMIT $2
