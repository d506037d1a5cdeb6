-- The outbox for an operator, newest first: with one status ($1), with these reasons ($3).
SELECT o.id, o.kind, o.status, o.stopped AS reason, o.avatar_id, o.job_kind, o.job_id, o.attempt,
       u.telegram_id, o.tries, o.repeats, o.created_at, o.next_try_at, o.sent_at,
       o.telegram_message_id, o.last_error, u.blocked_at IS NOT NULL AS blocked,
       clock_timestamp() AS now
FROM outbox o
JOIN users u ON u.id = o.user_id
WHERE ($1::text IS NULL OR o.status = $1) AND ($3::text[] IS NULL OR o.stopped = ANY ($3))
ORDER BY o.id DESC
LIMIT $2
