-- The outbox for an operator, newest first.
SELECT o.id, o.kind, o.status, o.avatar_id, o.attempt, u.telegram_id, o.tries, o.repeats,
       o.created_at, o.next_try_at, o.sent_at, o.telegram_message_id, o.last_error,
       u.blocked_at IS NOT NULL AS blocked, clock_timestamp() AS now
FROM outbox o
JOIN users u ON u.id = o.user_id
WHERE $1::text IS NULL OR o.status = $1
ORDER BY o.id DESC
LIMIT $2
